export const about =
  'A notification reaches all sockets of its user, and nobody else (decision 28).';
export const needs = ['publish'];
export const clients = {
  ada: { namespace: '/notifications', auth: { token: '<token:ada>' } },
  'ada again': { namespace: '/notifications', auth: { token: '<token:ada>' } },
  grace: { namespace: '/notifications', auth: { token: '<token:grace>' } },
  nobody: { namespace: '/notifications' },
};

export default async ({ ada, 'ada again': adaAgain, grace, nobody }, { publish }) => {
  await publish({
    namespace: '/notifications',
    userId: '<user:ada>',
    event: 'notification',
    payload: {
      id: 'n1',
      type: 'success',
      title: 'Done',
      message: 'All is done',
      timestamp: '2026-01-31T12:00:00.000Z',
      data: { page: 3 },
    },
  });
};
