-- Drives Neovim's own client through the project in the working folder: see `tests/tools/editors.py`.

local WAIT = 10000

-- The cursor may stand behind the last sign of a line, as it does while one types.
vim.o.virtualedit = 'onemore'

local function verdict(name, ok, found)
  io.stdout:write(ok and ('ok ' .. name .. '\n') or ('FAIL ' .. name .. ': ' .. vim.inspect(found) .. '\n'))
end

local function same(name, found, wanted)
  verdict(name, vim.deep_equal(found, wanted), found)
end

local function open(file)
  vim.cmd.edit(file)
  vim.wait(WAIT, function()
    return #vim.lsp.get_clients({ bufnr = 0, name = 'funnelc' }) > 0
  end, 20)
end

local function line_of(words)
  for number, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local from = line:find(words, 1, true)
    if from then
      return number, from - 1
    end
  end
  error('no line says ' .. words)
end

--- The cursor on the first sign of `words`, or behind their last.
local function go_to(words, behind)
  local line, column = line_of(words)
  vim.api.nvim_win_set_cursor(0, { line, column + (behind and #words or 0) })
end

local function ask(method)
  local client = vim.lsp.get_clients({ bufnr = 0, name = 'funnelc' })[1]
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
  local answer = client:request_sync(method, params, WAIT, 0) or {}
  return answer.result, client
end

local function errors()
  return vim.diagnostic.get(0, { severity = vim.diagnostic.severity.ERROR })
end

local function words_at(found)
  return vim.api.nvim_buf_get_text(0, found.lnum, found.col, found.end_lnum, found.end_col, {})[1]
end

local function diagnostics()
  open('shop.funnel')
  vim.wait(WAIT, function()
    return #errors() > 0
  end, 20)
  local found = errors()
  same('one error', #found, 1)
  same('positions count bytes', vim.lsp.get_clients({ name = 'funnelc' })[1].offset_encoding, 'utf-8')
  same('it stands behind Arabic and an emoji on its words', words_at(found[1]), 'ownr')
  same('it has its code', found[1].code, 'FN0104')
  same('it says what is wrong', found[1].message:match('[^\n]+'), 'an event has no `ownr`')
end

local function fix()
  go_to('ownr')
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(action)
      return action.title == 'write `owner`'
    end,
  })
  vim.wait(WAIT, function()
    return #errors() == 0
  end, 20)
  same('the fix takes the error away', errors(), {})
  verdict('the fix changes the word', pcall(line_of, 'sent_by web; owner growth; status live; prop'))
end

local function completion()
  open('mails.funnel')
  local line, column = line_of('viewed')
  vim.api.nvim_buf_set_text(0, line - 1, column, line - 1, column + #'viewed', {})
  go_to('start  page_', true)
  local result, client = ask('textDocument/completion')
  local items, chosen = {}, nil
  for _, item in ipairs(result and (result.items or result) or {}) do
    items[item.label] = true
    chosen = item.label == 'page_viewed' and item or chosen
  end
  verdict('an event is completed from the other file', chosen, vim.tbl_keys(items))
  verdict('a funnel is not what starts a sequence', not items.store, vim.tbl_keys(items))
  vim.lsp.util.apply_text_edits({ chosen.textEdit }, vim.api.nvim_get_current_buf(), client.offset_encoding)
  same('the name is completed', vim.api.nvim_get_current_line(), '  start  page_viewed')
end

local function references()
  go_to('page_viewed')
  vim.lsp.buf.references()
  vim.wait(WAIT, function()
    return #vim.fn.getqflist() > 0
  end, 20)
  local found = vim.tbl_map(function(item)
    return ('%s:%d:%d'):format(vim.fs.basename(vim.fn.bufname(item.bufnr)), item.lnum, item.col)
  end, vim.fn.getqflist())
  table.sort(found)
  same('its uses in both files', found, { 'mails.funnel:3:10', 'shop.funnel:11:7', 'shop.funnel:17:45' })
  vim.cmd.cclose()
end

local function hover()
  go_to('page_viewed')
  local result = ask('textDocument/hover')
  local text = result and result.contents and result.contents.value or ''
  verdict('hover has the documentation', text:find('Somebody looked at a page.', 1, true), text)
end

local function definition()
  go_to('page_viewed')
  vim.lsp.buf.definition()
  vim.wait(WAIT, function()
    return vim.fn.expand('%:t') == 'shop.funnel'
  end, 20)
  local line, column = unpack(vim.api.nvim_win_get_cursor(0))
  local text = vim.api.nvim_get_current_line()
  same('definition leads to the other file', vim.fn.expand('%:t'), 'shop.funnel')
  same('and to the name there', text:sub(column + 1, column + 11), 'page_viewed')
  same('in its declaration', line, (line_of('event page_viewed')))
end

local function rename()
  open('mails.funnel')
  go_to('شراء')
  vim.lsp.buf.rename('bought')
  vim.wait(WAIT, function()
    return pcall(line_of, 'aims_for bought')
  end, 20)
  verdict('rename changes this file', pcall(line_of, 'stop   bought'))
  vim.cmd.buffer('shop.funnel')
  verdict('rename changes the declaration', pcall(line_of, 'event bought "🎁 عملية شراء"'))
  verdict('rename changes the use', pcall(line_of, 'enter bought; converts'))
end

local function format()
  for _, file in ipairs({ 'shop.funnel', 'mails.funnel' }) do
    vim.cmd.buffer(file)
    vim.lsp.buf.format({ async = false, timeout_ms = WAIT })
  end
  vim.cmd.wall()
  verdict('files are written for the comparison', true)
end

--- What tree-sitter adds: the parser, and the queries as Neovim reads them.
local function colours()
  vim.cmd.buffer('shop.funnel')
  verdict('the parser is used', vim.treesitter.highlighter.active[vim.api.nvim_get_current_buf()] ~= nil)
  for _, query in ipairs({ 'highlights', 'folds', 'indents', 'locals', 'injections' }) do
    verdict(query .. ' are read', pcall(vim.treesitter.query.get, 'funnel', query))
  end
  vim.treesitter.get_parser(0, 'funnel'):parse(true)
  go_to('stage purchase')
  local names = vim.tbl_filter(function(name)
    return name:sub(1, 1) ~= '_'
  end, vim.treesitter.get_captures_at_cursor(0))
  same('a kind is a keyword', names[#names], 'keyword')
  same('a block can be folded', vim.treesitter.foldexpr(1), '>1')
  same('comments are known', vim.bo.commentstring, '// %s')
end

local ok, fault = xpcall(function()
  for _, part in ipairs({ diagnostics, fix, completion, references, hover, definition, rename, format, colours }) do
    part()
  end
end, debug.traceback)
verdict('the session ran to its end', ok, fault)
vim.cmd('qall!')
