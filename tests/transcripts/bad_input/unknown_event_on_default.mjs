export const about = 'An unknown event on / is told, and its callback refused (decision 12).';
export const clients = { ada: { namespace: '/' } };

export default async ({ ada }) => {
  await ada.send('nobodyKnowsThis', { some: 'value of the sender' });
  await ada.call('nobodyKnowsThis');
};
