// Workers that share the jobs; a job that takes too long costs its worker, not the page.
"use strict";
function Pool(code, packed, length, most) {
  var LONGEST = 120000; // milliseconds for one job
  var AHEAD = 2; // jobs that a worker holds: while it works on one, the file of the next is read
  var pool = this, waiting = [], ready = [], count = 0, next = 0, refused = false;
  pool.ready = new Promise(function (done, failed) { pool.began = done; pool.failed = failed; });

  function Hand() {
    this.jobs = [];
    count += 1;
    try {
      if (!refused) this.hire();
    } catch (why) {
      refused = true;
    }
    if (!refused) return;
    // Some browsers start no worker from a page on disk: then the page works itself, file by file.
    most = 1;
    this.desk = new Desk(packed, length, (message) => { setTimeout(() => this.hear(message), 0); });
  }

  Hand.prototype.hire = function () {
    this.worker = new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
    this.worker.onmessage = (event) => this.hear(event.data);
    this.worker.onerror = (event) => {
      event.preventDefault();
      this.lost(event.message || "worker");
    };
    this.worker.postMessage({ engine: packed, length: length });
  };

  Hand.prototype.hear = function (message) {
    if (message.broken) return pool.failed(message.broken);
    if (message.ready) {
      pool.began();
      ready.push(this);
      return share();
    }
    var job = this.jobs.shift();
    this.watch();
    share();
    if (job) job.done(message);
  };

  // A worker that is lost has lost the job that it was at; another does what it held besides.
  Hand.prototype.lost = function (why) {
    if (this.worker) this.worker.terminate();
    if (ready.indexOf(this) < 0) { // it never began: no more than there are, or none at all
      refused = count === 1;
      most = Math.max(1, count - 1);
    }
    ready = ready.filter((hand) => hand !== this);
    count -= 1;
    var job = this.jobs.shift();
    waiting = this.jobs.splice(0).concat(waiting);
    this.watch();
    if (count === 0) new Hand();
    share();
    if (job) job.done({ fault: why });
  };

  // The time of the job that a worker is at.
  Hand.prototype.watch = function () {
    clearTimeout(this.timer);
    if (this.jobs.length) this.timer = setTimeout(() => this.lost("timeout"), LONGEST);
  };

  function share() {
    while (waiting.length && ready.length) {
      var hand = ready.reduce(function (a, b) { return b.jobs.length < a.jobs.length ? b : a; });
      if (hand.jobs.length >= AHEAD) break;
      var job = waiting.shift();
      if (!job.wanted || job.wanted()) hand.give(job);
      else job.done({ gone: true });
    }
    if (waiting.length > 1 && ready.length === count) while (count < most) new Hand();
  }

  Hand.prototype.give = function (job) {
    this.jobs.push(job);
    if (this.jobs.length === 1) this.watch();
    var message = { id: job.id, question: job.question, files: job.files };
    if (this.worker) this.worker.postMessage(message);
    else this.desk.take(message);
  };

  // Asks the engine; the answer has `answer`, or says in `io`, `failed` or `fault` why there is none.
  // What the user waits for goes before what can wait; what is not `wanted` any more when its turn comes is `gone`.
  this.ask = function (question, files, urgent, wanted) {
    return new Promise(function (done) {
      var job = { id: next++, question: question, files: files, done: done, wanted: wanted };
      if (urgent) waiting.unshift(job);
      else waiting.push(job);
      share();
    });
  };

  new Hand();
}
