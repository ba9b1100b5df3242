export const about =
  'A prompt is executed, its output streamed, its result told (claude:execute, Event Flow).';
export const needs = ['claude'];
export const clients = { ada: { auth: { token: '<token:ada>' } } };

export default async ({ ada }) => {
  await ada.call('claude:execute', { prompt: 'hello' });
  await ada.sees('claude:complete');
};
