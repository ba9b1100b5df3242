export const about =
  'Who became another user receives the notifications of that one only (decision 6).';
export const needs = ['publish'];
export const clients = { ada: { namespace: '/notifications', auth: { token: '<token:ada>' } } };

export default async ({ ada }, { publish }) => {
  const note = {
    namespace: '/notifications',
    event: 'notification',
    payload: {
      id: 'n1',
      type: 'info',
      title: 'Hello',
      message: 'For one of you',
      timestamp: '2026-01-31T12:00:00.000Z',
    },
  };
  await ada.call('authenticate', { token: '<token:grace>' });
  await publish({ ...note, userId: '<user:ada>' });
  await publish({ ...note, userId: '<user:grace>' });
};
