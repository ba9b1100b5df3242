export const about = 'Joining and leaving a room are told and called back (joinRoom, leaveRoom).';
export const clients = { ada: {} };

export default async ({ ada }) => {
  await ada.call('joinRoom', 'project-123');
  await ada.call('getConnectionInfo');
  await ada.call('leaveRoom', 'project-123');
  await ada.call('getConnectionInfo');
};
