export const about =
  'Only the item one subscribed to is told, and everybody who did is (subscribeMedia).';
export const needs = ['publish'];
export const clients = { ada: { namespace: '/media' }, grace: { namespace: '/media' } };

export default async ({ ada, grace }, { publish }) => {
  await ada.call('subscribeMedia', '<media:m1>');
  await grace.call('subscribeMedia', '<media:m1>');
  await grace.call('subscribeMedia', '<media:m2>');
  for (const mediaId of ['<media:m1>', '<media:m2>']) {
    const payload = { mediaId, progress: 99.5, stage: 'encoding', message: 'Nearly' };
    await publish({ namespace: '/media', mediaId, event: 'mediaProgress', payload });
  }
};
