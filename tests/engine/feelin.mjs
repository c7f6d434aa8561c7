// Answers FEEL with @bpmn-io/feelin: one JSON line in ({text, context} or {text, context, value} for a unary test),
// one JSON line out ({value} or {error}). Dates and durations get a mark, since JSON has neither.
import { createInterface } from 'node:readline';
import { evaluate, unaryTest } from '@bpmn-io/feelin';

function plain(value) {
  if (value === undefined || value === null) return null;
  if (value.isLuxonDateTime) return { $moment: value.toUTC().toISO() };
  if (value.isLuxonDuration) {
    const { years = 0, months = 0 } = value.toObject();
    const rest = value.minus({ years, months }).shiftTo('milliseconds').milliseconds;
    return { $duration: [years * 12 + months, rest / 1000] };
  }
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'function') return { $function: true };
  if (typeof value === 'number' && !Number.isFinite(value)) return { $number: String(value) };
  if (typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
  }
  return value;
}

for await (const line of createInterface({ input: process.stdin })) {
  const { text, context, value } = JSON.parse(line);
  let answer;
  try {
    const found = value === undefined ? evaluate(text, context) : unaryTest(text, { ...context, '?': value });
    answer = { value: plain(found.value) };
  } catch (error) {
    answer = { error: String(error.message) };
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}
