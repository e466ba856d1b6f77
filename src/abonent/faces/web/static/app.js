/* The web face's own script. Its law: every page works without it, it says nothing the page has
   not brought in a data attribute, and it runs in engines of 2016 (ES2015, no fetch, no async). */
(function () {
  'use strict';
  if (!document.querySelectorAll || !window.addEventListener || !Array.from) { return; }

  function all(selector, root) {
    return Array.from((root || document).querySelectorAll(selector));
  }

  function up(node, selector) {
    while (node && node.nodeType === 1) {
      if ((node.matches || node.webkitMatchesSelector).call(node, selector)) { return node; }
      node = node.parentNode;
    }
    return null;
  }

  /* --- show the password ------------------------------------------------ */
  function reveal(button) {
    const field = document.getElementById(button.getAttribute('data-reveal'));
    if (!field) { return; }
    const shown = field.type === 'password';
    field.type = shown ? 'text' : 'password';
    button.setAttribute('aria-pressed', String(shown));
  }

  /* A shown password must not stay in the browser's list of typed texts. */
  function hideAgain(form) {
    all('[data-reveal][aria-pressed="true"]', form).forEach(reveal);
  }

  /* --- the rule of a new password --------------------------------------- */
  const ROWS = ['01234567890', 'abcdefghijklmnopqrstuvwxyz', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm',
    'абвгдеёжзийклмнопрстуфхцчшщъыьэюя', 'йцукенгшщзхъ', 'фывапролджэ', 'ячсмитьбю',
    '147258369', '123654789'];
  const KNOWN = ['password', 'parol', 'пароль', 'qwerty123', 'iloveyou', 'admin', '123qwe',
    '1q2w3e', '1q2w3e4r', 'qwe123', 'abc123', 'йцукен'];

  function signs(text) {
    return Array.from(text.normalize ? text.normalize('NFKC') : text);
  }

  function repeats(list) {
    for (let period = 1; period <= list.length / 2; period += 1) {
      if (list.every(function (sign, at) { return sign === list[at % period]; })) { return true; }
    }
    return false;
  }

  function isSimple(list) {
    const text = list.join('').toLowerCase();
    const back = list.slice().reverse().join('').toLowerCase();
    return repeats(Array.from(text)) || KNOWN.indexOf(text) >= 0 || ROWS.some(function (row) {
      return row.indexOf(text) >= 0 || row.indexOf(back) >= 0;
    });
  }

  function isNumber(text, number, prefix) {
    const own = number.replace(/\D/g, '');
    const tried = text.replace(/[\s()+-]/g, '');
    if (!own || !/^\d+$/.test(tried)) { return false; }
    return (prefix.replace(/\D/g, '') + own).slice(-tried.length) === tried;
  }

  function judge(list) {
    const field = document.getElementById(list.getAttribute('data-rules'));
    const number = document.getElementById(list.getAttribute('data-number'));
    if (!field) { return; }
    const typed = signs(field.value);
    const met = {
      length: typed.length >= Number(list.getAttribute('data-shortest')) &&
        typed.length <= Number(list.getAttribute('data-longest')),
      number: !isNumber(typed.join(''), number ? number.value : '',
        list.getAttribute('data-prefix')),
      simple: !isSimple(typed)
    };
    /* A short beginning breaks no rule yet: only one that is kept is marked then. */
    const early = typed.length < Number(list.getAttribute('data-shortest'));
    let fits = true;
    all('[data-rule]', list).forEach(function (line) {
      const good = met[line.getAttribute('data-rule')] && !early;
      fits = fits && good;
      line.className = good ? 'yes' : (early ? '' : 'no');
    });
    all('[data-rules-say]').forEach(function (line) {
      const words = fits ? line.getAttribute('data-rules-say') : '';
      if (line.textContent !== words) { line.textContent = words; }
    });
  }

  /* --- «send the code again»: closed until its time ---------------------- */
  function countDown(button) {
    const line = up(button, 'form').querySelector('[data-wait-line]');
    const left = line && line.querySelector('[data-wait-left]');
    const ready = Date.now() + Number(button.getAttribute('data-wait')) * 1000;
    button.disabled = true;
    const timer = setInterval(tick, 500);

    function tick() {
      const seconds = Math.ceil((ready - Date.now()) / 1000);
      if (seconds > 0 && document.body.contains(button)) {
        if (left) {
          left.textContent = Math.floor(seconds / 60) + ':' + ('0' + seconds % 60).slice(-2);
        }
        return;
      }
      clearInterval(timer);
      button.disabled = false;
      if (line) { line.hidden = true; }
    }
  }

  /* --- the keys of the demo phone ----------------------------------------- */
  function press(key) {
    const field = document.getElementById(up(key, '[data-keys]').getAttribute('data-keys'));
    if (field) { field.value += key.getAttribute('data-key'); }
  }

  /* --- life of a page ------------------------------------------------------ */
  function start(root) {
    all('[data-reveal], [data-keys]', root).forEach(function (part) { part.hidden = false; });
    all('[data-rules]', root).forEach(judge);
    all('[data-wait]', root).forEach(countDown);
  }

  document.addEventListener('click', function (event) {
    const button = up(event.target, '[data-reveal]');
    const key = up(event.target, '[data-key]');
    if (button) { reveal(button); }
    if (key) { press(key); }
  });
  document.addEventListener('input', function () { all('[data-rules]').forEach(judge); });
  document.addEventListener('submit', function (event) { hideAgain(event.target); }, true);

  /* htmx swaps the body: refusals (4xx) carry a page too, and a reader must hear where it is. */
  document.addEventListener('htmx:beforeSwap', function (event) {
    const type = event.detail.xhr.getResponseHeader('Content-Type') || '';
    if (event.detail.xhr.status >= 400 && type.indexOf('text/html') === 0) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  document.addEventListener('htmx:afterSettle', function (event) {
    if (event.detail.target !== document.body) { return; }
    start(document);
    const field = document.querySelector('[autofocus], [data-keys]');
    const title = document.querySelector('h1');
    if (!field && title) {
      title.tabIndex = -1;
      title.focus({ preventScroll: true });
    }
  });
  /* Without a network a page move is left to the browser, which says what is wrong. */
  document.addEventListener('htmx:sendError', function (event) {
    const sent = event.detail.requestConfig;
    if (sent && sent.verb === 'get') { window.location.href = sent.path; }
  });
  /* Back from the browser's own store: the countdown and the fields start anew. */
  window.addEventListener('pageshow', function (event) {
    if (event.persisted) { all('[data-rules]').forEach(judge); }
  });
  start(document);
}());
