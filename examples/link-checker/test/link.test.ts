import { describe, expect, it } from 'vitest';
import { resolveLink } from '../src/link.ts';

const base = 'http://site.test/docs/guide.md';

describe('resolveLink', () => {
  it.each([
    ['other.md', { kind: 'web', url: 'http://site.test/docs/other.md' }],
    ['../README.md#usage', { kind: 'web', url: 'http://site.test/README.md', fragment: 'usage' }],
    ['#part', { kind: 'web', url: base, fragment: 'part' }],
    ['', { kind: 'web', url: base }],
    ['#', { kind: 'web', url: base }],
    ['#Top', { kind: 'web', url: base }],
    ['#gr%C3%B6%C3%9Fe', { kind: 'web', url: base, fragment: 'größe' }],
    ['#100%', { kind: 'web', url: base, fragment: '100%' }],
    ['#:~:text=hello', { kind: 'web', url: base }],
    ['#part:~:text=hello', { kind: 'web', url: base, fragment: 'part' }],
    ['?q=1#a', { kind: 'web', url: `${base}?q=1`, fragment: 'a' }],
    ['//cdn.test/x.js', { kind: 'web', url: 'http://cdn.test/x.js' }],
    ['HTTPS://Other.test', { kind: 'web', url: 'https://other.test/' }],
    ['mailto:a@b.test', { kind: 'other_scheme', scheme: 'mailto' }],
    ['javascript:void(0)', { kind: 'other_scheme', scheme: 'javascript' }],
    ['http://[::1', { kind: 'malformed' }],
    ['https://exa mple.test/', { kind: 'malformed' }],
    ['http://site.test:99999/', { kind: 'malformed' }],
  ])('resolves %j', (href, destination) => {
    expect(resolveLink(href, base)).toEqual(destination);
  });
});
