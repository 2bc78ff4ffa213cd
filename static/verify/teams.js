/*
 * Who visits whom (draw protocol 1, §5): every winner in turn gets, of the inspectors with whom all positions still open
 * can be filled, the one with the fewest positions given, then the smallest ticket, then the smallest code.
 *
 *   new SunlotTeams(people, roster, size, box)   people: {codes, lead, room, tags, index, recused}, codes sorted;
 *                                                roster: {tags, index}; size: positions of a team; box: hash begun with K_teams
 *     .assign(winners)      a generator yielding {stage, done, total}; winners are codes in the order of their tickets
 *     .members(n)           the team of the n-th winner as codes, empty when it could not be staffed
 *   and, for the history of a draw, with what is held now:
 *     .suits(code, subject) · .release(code) · .replacement(subject, position, team, left) -> code or "-"
 *
 * A seat is a number: winner * size + position - 1. All open seats are always occupied for the time being; that is the
 * proof that they can be filled at once. Seats move along chains: somebody leaves a seat for an empty one.
 */
(function (root) {
  "use strict";

  function SunlotTeams(people, roster, size, box) {
    this.people = people;
    this.roster = roster;
    this.size = size;
    this.box = box;
    this.given = new Int32Array(people.codes.length);
    this.lists = new Map();
    this.final = [];
  }

  /* The numbers of those who suit a subject at a position, recusals aside, ascending; shared by subjects with the same tags. */
  SunlotTeams.prototype.qualified = function (tags, leads) {
    var key = (leads ? "L " : "M ") + tags.join(",");
    var people = this.people;
    if (!this.lists.has(key)) {
      this.lists.set(key, people.codes.map(function (_, i) { return i; }).filter(function (i) {
        return (!leads || people.lead[i]) && tags.every(function (tag) { return people.tags[i].indexOf(tag) >= 0; });
      }));
    }
    return this.lists.get(key);
  };

  SunlotTeams.prototype.able = function (subject, leads) {
    var list = this.qualified(this.roster.tags[this.roster.index.get(subject)], leads);
    var recused = this.people.recused.get(subject);
    return recused ? list.filter(function (i) { return !recused.has(i); }) : list;
  };

  SunlotTeams.prototype.prepare = function (winners) {
    var self = this;
    this.winners = winners;
    this.leaders = winners.map(function (code) { return self.able(code, true); });
    this.others = winners.map(function (code) { return self.able(code, false); });
    this.left = Array.from(this.people.room); // room that is not given away
    this.occupant = new Int32Array(winners.length * this.size).fill(-1);
    this.seats = this.people.codes.map(function () { return []; }); // open seats somebody occupies for now
    this.final = winners.map(function () { return []; });
    this.seatSeen = new Int32Array(winners.length * this.size);
    this.personSeen = new Int32Array(this.people.codes.length);
    this.towards = new Int32Array(winners.length * this.size);
    this.round = 0;
  };

  SunlotTeams.prototype.sit = function (seat, person) {
    this.occupant[seat] = person;
    this.seats[person].push(seat);
  };

  SunlotTeams.prototype.rise = function (seat) {
    var seats = this.seats[this.occupant[seat]];
    seats.splice(seats.indexOf(seat), 1);
    this.occupant[seat] = -1;
  };

  /* The open seat of a winner that somebody occupies, or -1. */
  SunlotTeams.prototype.seatWith = function (winner, person) {
    for (var seat = winner * this.size; seat < (winner + 1) * this.size; seat += 1) {
      if (this.occupant[seat] === person) { return seat; }
    }
    return -1;
  };

  /* Occupy an empty seat, moving others if need be; false, and nothing moved, when no chain ends at somebody with room. */
  SunlotTeams.prototype.occupy = function (empty) {
    var stack = [empty];
    this.round += 1;
    this.seatSeen[empty] = this.round;
    while (stack.length) {
      var seat = stack.pop();
      var winner = Math.floor(seat / this.size);
      var list = seat % this.size ? this.others[winner] : this.leaders[winner];
      var final = this.final[winner];
      var i, person;
      for (i = 0; i < list.length; i += 1) {
        person = list[i];
        if (this.seats[person].length < this.left[person] && this.seatWith(winner, person) < 0 && final.indexOf(person) < 0) {
          this.shift(empty, seat, person);
          return true;
        }
      }
      for (i = 0; i < list.length; i += 1) {
        person = list[i];
        if (final.indexOf(person) >= 0) { continue; }
        var own = this.seatWith(winner, person);
        if (own >= 0) {
          this.visit(stack, own, seat);
        } else if (this.personSeen[person] !== this.round) {
          this.personSeen[person] = this.round;
          for (var j = 0; j < this.seats[person].length; j += 1) { this.visit(stack, this.seats[person][j], seat); }
        }
      }
    }
    return false;
  };

  SunlotTeams.prototype.visit = function (stack, seat, next) {
    if (this.seatSeen[seat] === this.round) { return; }
    this.seatSeen[seat] = this.round;
    this.towards[seat] = next;
    stack.push(seat);
  };

  /* Let the person take the seat, its occupant the seat that led here, and so on to the empty one. */
  SunlotTeams.prototype.shift = function (empty, seat, person) {
    while (seat !== empty) {
      var leaving = this.occupant[seat];
      this.rise(seat);
      this.sit(seat, person);
      person = leaving;
      seat = this.towards[seat];
    }
    this.sit(empty, person);
  };

  /* Whether all positions of a winner fit beside those taken in before it; if so they are taken in. */
  SunlotTeams.prototype.takeIn = function (winner) {
    var first = winner * this.size;
    for (var seat = first; seat < first + this.size; seat += 1) {
      if (!this.occupy(seat)) {
        for (seat -= 1; seat >= first; seat -= 1) { this.rise(seat); }
        return false;
      }
    }
    return true;
  };

  /* Give a seat for good if all other open ones can still be occupied. */
  SunlotTeams.prototype.give = function (seat, person) {
    var winner = Math.floor(seat / this.size);
    var before = this.occupant[seat];
    this.rise(seat);
    this.left[person] -= 1;
    this.final[winner].push(person);
    var vacated = this.seatWith(winner, person);
    if (vacated < 0 && this.seats[person].length > this.left[person]) { vacated = this.seats[person][0]; }
    if (vacated < 0) { return true; }
    this.rise(vacated);
    if (this.occupy(vacated)) { return true; }
    this.sit(vacated, person);
    this.final[winner].pop();
    this.left[person] += 1;
    this.sit(seat, before);
    return false;
  };

  /* Offer a position to the candidates, fewest positions first, then by ticket; the first whom `accept` takes, or -1. */
  SunlotTeams.prototype.offer = function (candidates, subject, position, accept) {
    var self = this;
    while (candidates.length) {
      var fewest = Infinity;
      candidates.forEach(function (i) { fewest = Math.min(fewest, self.given[i]); });
      var level = candidates.filter(function (i) { return self.given[i] === fewest; }).map(function (i) {
        var tail = "|" + subject + "|" + self.people.codes[i] + "|" + position;
        var words = self.box.words(tail);
        return { person: i, tail: tail, head: (words[0] >>> 0) * 2097152 + (words[1] >>> 11) }; // the first 53 bits
      });
      level.sort(function (a, b) {
        if (a.head !== b.head) { return a.head - b.head; }
        var x = self.box.hex(a.tail), y = self.box.hex(b.tail);
        return x < y ? -1 : x > y ? 1 : a.person - b.person;
      });
      for (var n = 0; n < level.length; n += 1) {
        if (accept(level[n].person)) {
          this.given[level[n].person] += 1;
          return level[n].person;
        }
      }
      candidates = candidates.filter(function (i) { return self.given[i] !== fewest; });
    }
    return -1;
  };

  SunlotTeams.prototype.assign = function* (winners) {
    var self = this;
    var staffable = [];
    this.prepare(winners);
    for (var winner = 0; winner < winners.length; winner += 1) {
      if (this.takeIn(winner)) { staffable.push(winner); }
      if (winner % 16 === 15) { yield { stage: "teams", done: winner, total: 2 * winners.length }; }
    }
    function giveSeat(seat) {
      var winner = Math.floor(seat / self.size);
      var list = seat % self.size ? self.others[winner] : self.leaders[winner];
      var candidates = list.filter(function (i) { return self.left[i] > 0 && self.final[winner].indexOf(i) < 0; });
      self.offer(candidates, winners[winner], (seat % self.size) + 1, function (person) { return self.give(seat, person); });
    }
    for (var n = 0; n < staffable.length; n += 1) {
      for (var position = 0; position < this.size; position += 1) { giveSeat(staffable[n] * this.size + position); }
      if (n % 16 === 15) { yield { stage: "teams", done: winners.length + n, total: 2 * winners.length }; }
    }
  };

  SunlotTeams.prototype.members = function (winner) {
    var codes = this.people.codes;
    return this.final[winner].map(function (i) { return codes[i]; });
  };

  SunlotTeams.prototype.suits = function (code, subject) {
    return this.able(subject, false).indexOf(this.people.index.get(code)) >= 0;
  };

  SunlotTeams.prototype.release = function (code) { this.given[this.people.index.get(code)] -= 1; };

  SunlotTeams.prototype.replacement = function (subject, position, team, left) {
    var self = this;
    var candidates = this.able(subject, position === 1).filter(function (i) {
      var code = self.people.codes[i];
      return self.given[i] < self.people.room[i] && team.indexOf(code) < 0 && !left.has(code);
    });
    var chosen = this.offer(candidates, subject, position, function () { return true; });
    return chosen < 0 ? "-" : this.people.codes[chosen];
  };

  root.SunlotTeams = SunlotTeams;
})(typeof self === "undefined" ? this : self);
