export const about = 'Who unsubscribes receives nothing more (unsubscribeMedia).';
export const needs = ['publish'];
export const clients = { ada: { namespace: '/media' } };

export default async ({ ada }, { publish }) => {
  await ada.call('subscribeMedia', '<media:m1>');
  await ada.call('unsubscribeMedia', '<media:m1>');
  await publish({
    namespace: '/media',
    mediaId: '<media:m1>',
    event: 'mediaProgress',
    payload: { mediaId: '<media:m1>', progress: 0, stage: 'queued' },
  });
};
