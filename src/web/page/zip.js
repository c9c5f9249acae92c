// A zip of files that are packed already: stored, names in UTF-8. Parts go into a Blob one by one.
"use strict";
function Zip() {
  var table = Zip.table, parts = [], directory = [], offset = 0, count = 0;

  function crc(bytes) {
    var c = -1;
    for (var i = 0; i < bytes.length; i++) c = table[(c ^ bytes[i]) & 255] ^ (c >>> 8);
    return (c ^ -1) >>> 0;
  }

  // Little-endian numbers: pairs of size and value.
  function record(fields) {
    var size = fields.reduce(function (n, f) { return n + f[0]; }, 0);
    var view = new DataView(new ArrayBuffer(size)), at = 0;
    fields.forEach(function (f) {
      if (f[0] === 2) view.setUint16(at, f[1], true);
      else view.setUint32(at, f[1], true);
      at += f[0];
    });
    return new Uint8Array(view.buffer);
  }

  // Version 2.0, names in UTF-8, stored, 1 January 2000.
  function common(sum, size, name) {
    return [[2, 20], [2, 0x800], [2, 0], [2, 0], [2, (20 << 9) | (1 << 5) | 1], [4, sum], [4, size], [4, size], [2, name.length], [2, 0]];
  }

  this.add = function (path, bytes) {
    var name = new TextEncoder().encode(path), sum = crc(bytes);
    var head = record([[4, 0x04034b50]].concat(common(sum, bytes.length, name)));
    directory.push(record([[4, 0x02014b50], [2, 20]].concat(common(sum, bytes.length, name), [[2, 0], [2, 0], [2, 0], [4, 0], [4, offset]])), name);
    parts.push(head, name, bytes);
    offset += head.length + name.length + bytes.length;
    count += 1;
  };

  this.blob = function () {
    var size = directory.reduce(function (n, d) { return n + d.length; }, 0);
    var end = record([[4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, size], [4, offset], [2, 0]]);
    return new Blob(parts.concat(directory, [end]), { type: "application/zip" });
  };
}
Zip.table = (function () {
  var table = new Int32Array(256);
  for (var n = 0; n < 256; n++) {
    var c = n;
    for (var k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    table[n] = c;
  }
  return table;
})();
