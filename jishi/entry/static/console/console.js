// Names for Unfold's icons: their ligatures are words of a font, not of a language, and some stand in for buttons.
'use strict'

;(() => {
  const isEnglish = document.documentElement.lang.startsWith('en')
  const NAMES = {
    close: ['关闭', 'Close'],
    dock_to_right: ['显示或隐藏导航', 'Show or hide the navigation'],
    more_horiz: ['更多操作', 'More actions'],
    search: ['搜索', 'Search'],
    unfold_more: ['账号菜单', 'Account menu'],
    computer: ['外观', 'Appearance'],
    light_mode: ['浅色', 'Light'],
    dark_mode: ['深色', 'Dark'],
    add: ['添加', 'Add'],
    delete: ['删除', 'Delete'],
    storefront: ['工作台', 'Today'],
  }
  const FAILED = ['操作没有完成,请刷新页面后再试。', 'It could not be done. Please reload the page and try again.']
  const inWords = (pair) => pair[isEnglish ? 1 : 0]

  function nameIcon(icon) {
    const control = icon.closest('a, button, [x-on\\:click]')
    // an icon that is itself the button must stay in sight of screen readers: it gets a name instead
    if (control !== icon) icon.setAttribute('aria-hidden', 'true')
    if (!control || control.hasAttribute('aria-label')) return
    const copy = control.cloneNode(true)
    copy.querySelectorAll('.material-symbols-outlined').forEach((one) => one.remove())
    const known = NAMES[icon.textContent.trim()]
    if (!copy.textContent.trim() && known) control.setAttribute('aria-label', inWords(known))
    if (!control.matches('a[href], button')) makeButton(control)
  }

  function makeButton(control) {
    if (control.hasAttribute('role')) return
    control.setAttribute('role', 'button')
    control.tabIndex = 0
    control.addEventListener('keydown', (event) => {
      if (event.target !== control || (event.key !== 'Enter' && event.key !== ' ')) return
      event.preventDefault()
      control.click()
    })
  }

  function nameAll(root) {
    root.querySelectorAll('.material-symbols-outlined').forEach(nameIcon)
    root.querySelectorAll('input[type="text"][placeholder]:not([aria-label]):not([id^="id_"])').forEach((input) => {
      input.setAttribute('aria-label', input.placeholder)
    })
  }

  // In a demo: one press fills in the form.
  function playPart(button) {
    const form = document.getElementById('login-form')
    form.elements.username.value = button.dataset.sampleLogin
    form.elements.password.value = button.dataset.samplePassword
    form.querySelector('[type="submit"]').focus()
  }

  // A chosen reason is written into the box, where it can still be changed.
  function fillIn(select) {
    const box = select.form?.elements[select.dataset.fills]
    if (box && select.value) box.value = select.value
  }

  document.addEventListener('DOMContentLoaded', () => {
    document.body.addEventListener('change', (event) => event.target.matches('select[data-fills]') && fillIn(event.target))
    document.querySelectorAll('[data-sample-login]').forEach((button) => button.addEventListener('click', () => playPart(button)))
    nameAll(document)
    const dialog = document.getElementById('modal-content')
    dialog?.setAttribute('role', 'dialog')
    dialog?.setAttribute('aria-modal', 'true')
    document.body.addEventListener('htmx:afterSwap', (event) => {
      nameAll(event.target)
      dialog?.setAttribute('aria-label', dialog.querySelector('h1')?.textContent.trim() ?? '')
      event.target.querySelector('textarea, select, input:not([type="hidden"]), button[type="submit"]')?.focus()
    })
    document.body.addEventListener('htmx:responseError', () => window.alert(inWords(FAILED)))
    document.body.addEventListener('htmx:sendError', () => window.alert(inWords(FAILED)))
  })
})()
