export const about =
  'authenticate on /notifications with a bad payload is called back, and told as error (decision 12).';
export const clients = { ada: { namespace: '/notifications' } };

export default async ({ ada }) => {
  await ada.call('authenticate', { token: 5 });
};
