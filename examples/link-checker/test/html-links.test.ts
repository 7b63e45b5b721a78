import { describe, expect, it } from 'vitest';
import { htmlLinks } from '../src/html-links.ts';

describe('htmlLinks', () => {
  it('finds every element that holds an address, with its line', () => {
    const html = [
      '<!doctype html><link rel="stylesheet" href="s.css">',
      '<a href="a.html">a</a> <img src="i.png">',
      '<script src="x.js"></script>',
      '<video src="v.mp4" poster="p.png"></video>',
      '<iframe',
      '  src="f.html"></iframe>',
    ].join('\n');
    expect(htmlLinks(html).links).toEqual([
      { href: 's.css', line: 1 },
      { href: 'a.html', line: 2 },
      { href: 'i.png', line: 2 },
      { href: 'x.js', line: 3 },
      { href: 'v.mp4', line: 4 },
      { href: 'p.png', line: 4 },
      { href: 'f.html', line: 5 },
    ]);
  });

  it('takes ids and named anchors as places to link to', () => {
    expect(htmlLinks('<h1 id="one">x</h1><a name="two"></a><p id="">').anchors).toEqual(['one', 'two']);
  });

  it('reads all candidates of a srcset', () => {
    const html = '<img srcset="a.png, b.png 2x,c,d.png 300w">';
    expect(htmlLinks(html).links.map((link) => link.href)).toEqual(['a.png', 'b.png', 'c,d.png']);
  });

  it('skips comments, scripts and hints about hosts', () => {
    const html =
      '<!-- <a href="no"> --><script>"<a href=no>"</script><link rel="preconnect" href="//cdn.test">';
    expect(htmlLinks(html).links).toEqual([]);
  });

  it('decodes entities and trims blanks', () => {
    expect(htmlLinks('<a href=" /q?a=1&amp;b=2\n">x</a>').links).toEqual([{ href: '/q?a=1&b=2', line: 1 }]);
  });

  it('reports the first base', () => {
    expect(htmlLinks('<base href="/x/"><base href="/y/">').base).toBe('/x/');
  });

  it('survives broken markup', () => {
    expect(htmlLinks('<a href="one"><<a href=two <p id=three').links.map((link) => link.href)).toEqual([
      'one',
    ]);
  });
});
