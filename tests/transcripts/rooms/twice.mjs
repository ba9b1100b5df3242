export const about = 'Joining twice and leaving a room one is not in succeed (decision 8).';
export const clients = { ada: {} };

export default async ({ ada }) => {
  await ada.call('leaveRoom', 'project-1');
  await ada.call('joinRoom', 'project-1');
  await ada.call('joinRoom', 'project-1');
  await ada.call('getConnectionInfo');
};
