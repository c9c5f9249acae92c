// Workers that share the jobs; a job that takes too long costs its worker, not the page.
"use strict";
function Pool(code, packed, length, most) {
  var LONGEST = 120000; // milliseconds for one job
  var pool = this, waiting = [], idle = [], count = 0, next = 0;
  pool.ready = new Promise(function (done, failed) { pool.began = done; pool.failed = failed; });

  function Hand() {
    var hand = this;
    count += 1;
    hand.job = null;
    try {
      var url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
      hand.worker = new Worker(url);
      hand.worker.onmessage = function (event) { hand.hear(event.data); };
      hand.worker.onerror = function (event) { event.preventDefault(); hand.lost(event.message || "worker"); };
      hand.worker.postMessage({ engine: packed, length: length });
    } catch (refused) {
      // Some browsers start no worker from a page on disk: then the page works itself, file by file.
      hand.desk = new Desk(packed, length, function (message) { setTimeout(function () { hand.hear(message); }, 0); });
    }
  }

  Hand.prototype.hear = function (message) {
    if (message.ready) {
      pool.began();
      idle.push(this);
      while (count < most && waiting.length > 1 && this.worker) new Hand();
      return share();
    }
    if (message.broken) return pool.failed(message.broken);
    var job = this.job;
    this.job = null;
    clearTimeout(this.timer);
    idle.push(this);
    share();
    if (job) job.done(message);
  };

  Hand.prototype.lost = function (why) {
    if (this.worker) this.worker.terminate();
    clearTimeout(this.timer);
    count -= 1;
    idle = idle.filter((hand) => hand !== this);
    var job = this.job;
    this.job = null;
    if (count === 0) new Hand();
    if (job) job.done({ fault: why });
    else pool.failed(why);
  };

  function share() {
    while (waiting.length && idle.length) {
      var hand = idle.shift(), job = waiting.shift();
      hand.give(job);
    }
    if (waiting.length > 1 && count < most && idle.length === 0) new Hand();
  }

  Hand.prototype.give = function (job) {
    this.job = job;
    this.timer = setTimeout(() => this.lost("timeout"), LONGEST);
    var message = { id: job.id, question: job.question, files: job.files };
    if (this.worker) this.worker.postMessage(message);
    else this.desk.take(message);
  };

  // Asks the engine; the answer has `answer`, or says in `io`, `failed` or `fault` why there is none.
  // What the user waits for goes before what can wait.
  this.ask = function (question, files, urgent) {
    return new Promise(function (done) {
      var job = { id: next++, question: question, files: files, done: done };
      if (urgent) waiting.unshift(job);
      else waiting.push(job);
      share();
    });
  };

  new Hand();
}
