export const about = 'Media ids have 1 to 128 characters (decision 28).';
export const clients = { ada: { namespace: '/media' } };

export default async ({ ada }) => {
  await ada.call('subscribeMedia', '<repeat:m:128>');
  for (const mediaId of ['', '<repeat:m:129>', 5]) {
    await ada.call('subscribeMedia', mediaId);
    await ada.call('unsubscribeMedia', mediaId);
  }
  await ada.call('unsubscribeMedia', 'never followed');
};
