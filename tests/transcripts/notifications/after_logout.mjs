export const about = 'Who logged out receives no notifications (logout; decision 28).';
export const needs = ['publish'];
export const clients = { ada: { namespace: '/notifications', auth: { token: '<token:ada>' } } };

export default async ({ ada }, { publish }) => {
  await ada.call('logout');
  await publish({
    namespace: '/notifications',
    userId: '<user:ada>',
    event: 'notification',
    payload: {
      id: 'n1',
      type: 'info',
      title: 'Hello',
      message: 'Nobody reads this',
      timestamp: '2026-01-31T12:00:00.000Z',
    },
  });
};
