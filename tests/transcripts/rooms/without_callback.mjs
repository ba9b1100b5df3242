export const about = 'Joining works without a callback, as the document writes it (Rooms).';
export const clients = { ada: {} };

export default async ({ ada }) => {
  await ada.send('joinRoom', 'project-123');
  await ada.send('leaveRoom', 'project-123');
};
