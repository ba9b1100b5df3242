export const about =
  'Output that comes slowly is told as it comes, and how long it all took (claude:complete).';
export const needs = ['claude'];
export const clients = { ada: { auth: { token: '<token:ada>' } } };

export default async ({ ada }) => {
  await ada.call('claude:execute', { prompt: 'hello slowly' });
  await ada.sees('claude:complete');
};
