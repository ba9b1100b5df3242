export const about = 'A prompt of 100000 characters is accepted, also of wide ones (decision 16).';
export const needs = ['claude'];
export const clients = { ada: { auth: { token: '<token:ada>' } } };

export default async ({ ada }) => {
  await ada.call('claude:execute', { prompt: '<repeat:🦀:100000>' });
  await ada.sees('claude:complete');
};
