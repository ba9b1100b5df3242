export const about = 'Model, system prompt and token limit are accepted (claude:execute).';
export const needs = ['claude'];
export const clients = { ada: { auth: { token: '<token:ada>' } } };

export default async ({ ada }) => {
  await ada.call('claude:execute', {
    prompt: 'hello',
    systemPrompt: 'Be brief.',
    model: 'claude-sonnet-4-20250514',
    maxTokens: 1000,
    timeoutMs: 60000,
  });
  await ada.sees('claude:complete');
};
