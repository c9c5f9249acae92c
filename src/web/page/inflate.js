// Unpacks a raw deflate stream (RFC 1951): browsers of the age that this page serves cannot do it themselves.
"use strict";
function inflate(source, length) {
  var out = new Uint8Array(length), at = 0, next = 0, held = 0, bits = 0;
  var EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
  var ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
  var lengths = bases(EXTRA, 3), far = [0, 0, 0, 0], distances;
  for (var d = 1; d < 14; d++) far.push(d, d);
  distances = bases(far, 1);
  lengths[28] = 258;

  function bases(extra, first) {
    return extra.map(function (n) {
      first += 1 << n;
      return first - (1 << n);
    });
  }

  function need(n) {
    while (bits < n) {
      held |= source[next++] << bits;
      bits += 8;
    }
  }

  function take(n) {
    need(n);
    var value = held & ((1 << n) - 1);
    held >>>= n;
    bits -= n;
    return value;
  }

  // A code as a table by its longest word: each entry is a symbol and the bits that it takes.
  function table(sizes) {
    var most = Math.max.apply(null, sizes), entries = new Uint16Array(1 << most), code = 0;
    for (var size = 1; size <= most; size++, code <<= 1) {
      for (var symbol = 0; symbol < sizes.length; symbol++) {
        if (sizes[symbol] !== size) continue;
        for (var i = turned(code++, size); i < entries.length; i += 1 << size) entries[i] = (symbol << 4) | size;
      }
    }
    return { entries: entries, most: most };
  }

  function turned(code, size) {
    var back = 0;
    for (; size; size--, code >>= 1) back = (back << 1) | (code & 1);
    return back;
  }

  function symbol(code) {
    need(code.most);
    var entry = code.entries[held & (code.entries.length - 1)];
    held >>>= entry & 15;
    bits -= entry & 15;
    return entry >> 4;
  }

  function fixed() {
    var sizes = [];
    for (var i = 0; i < 288; i++) sizes.push(i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8);
    return [table(sizes), table(Array(30).fill(5))];
  }

  function dynamic() {
    var literals = take(5) + 257, far = take(5) + 1, count = take(4) + 4, sizes = Array(19).fill(0), all = [];
    for (var i = 0; i < count; i++) sizes[ORDER[i]] = take(3);
    var code = table(sizes);
    while (all.length < literals + far) {
      var s = symbol(code), size = s < 16 ? s : s === 16 ? all[all.length - 1] : 0;
      var times = s < 16 ? 1 : s === 16 ? take(2) + 3 : s === 17 ? take(3) + 3 : take(7) + 11;
      for (; times; times--) all.push(size);
    }
    return [table(all.slice(0, literals)), table(all.slice(literals))];
  }

  function block(codes) {
    for (var s; (s = symbol(codes[0])) !== 256;) {
      if (s < 256) {
        out[at++] = s;
        continue;
      }
      var size = lengths[s - 257] + take(EXTRA[s - 257]), d = symbol(codes[1]), from = at - distances[d] - take(far[d]);
      for (; size; size--) out[at++] = out[from++];
    }
  }

  function stored() {
    take(bits & 7);
    var size = take(16);
    take(16);
    for (; size; size--) out[at++] = take(8);
  }

  for (var last = 0; !last;) {
    last = take(1);
    var kind = take(2);
    if (kind === 0) stored();
    else block(kind === 1 ? fixed() : dynamic());
  }
  return out;
}
