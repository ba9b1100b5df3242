export const about =
  'Progress, completion and failure of a media item reach its subscribers (decisions 27, 28).';
export const needs = ['publish'];
export const clients = { ada: { namespace: '/media' }, grace: { namespace: '/media' } };

export default async ({ ada, grace }, { publish }) => {
  await ada.call('subscribeMedia', '<media:m1>');
  const to = { namespace: '/media', mediaId: '<media:m1>' };
  await publish({
    ...to,
    event: 'mediaProgress',
    payload: { mediaId: '<media:m1>', progress: 40, stage: 'rendering' },
  });
  await publish({
    ...to,
    event: 'mediaComplete',
    payload: {
      mediaId: '<media:m1>',
      url: 'https://cdn.example/m1.mp4',
      thumbnailUrl: 'https://cdn.example/m1.png',
      metadata: { width: 640 },
    },
  });
  await publish({
    ...to,
    event: 'mediaError',
    payload: { mediaId: '<media:m1>', error: 'Out of paint', code: 'PAINT' },
  });
};
