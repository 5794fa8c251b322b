-- livecode in Neovim (0.7 and up): the language server beside the file, and `livecode serve` to play on.
-- Put this file where `require` finds it (~/.config/nvim/lua/livecode.lua) and say: require('livecode').setup()
local M = { command = 'livecode' }
local uv = vim.loop
local mark = vim.api.nvim_create_namespace('livecode')
local link, number, waiting, rest

local function say(text, level)
  vim.schedule(function() vim.notify(text, level or vim.log.levels.INFO) end)
end

local function card()
  local state = vim.env.XDG_STATE_HOME or (vim.env.HOME .. '/.local/state')
  local file = io.open(state .. '/livecode/serve.json')
  if not file then error('livecode serve does not run') end
  local found = vim.fn.json_decode(file:read('*a'))
  file:close()
  return found
end

local function hear(_, data)
  if not data then
    link = nil
    return
  end
  rest = rest .. data
  for line in rest:gmatch('([^\n]*)\n') do
    vim.schedule(function()
      local found = vim.fn.json_decode(line)
      if found.method == 'told' then return vim.notify(found.params.text) end
      local answer = waiting[found.id]
      waiting[found.id] = nil
      if type(found.error) == 'table' then return vim.notify(found.error.message, vim.log.levels.ERROR) end
      if answer then answer(found.result) end
    end)
  end
  rest = rest:match('[^\n]*$')
end

--- Ask the server; `answer` hears the result.
function M.ask(method, params, answer)
  if not link then
    local found = card()
    link, number, waiting, rest = nil, 0, {}, ''
    local host, port = found.address:match('^(127%.[%d.]+):(%d+)$')
    local made = port and uv.new_tcp() or uv.new_pipe(false)
    local function connected(wrong)
      if wrong then return say('livecode serve: ' .. wrong, vim.log.levels.ERROR) end
      made:read_start(hear)
    end
    if port then made:connect(host, tonumber(port), connected) else made:connect(found.address, connected) end
    link = made
    M.ask('hello', { token = found.token })
  end
  number = number + 1
  waiting[number] = answer
  local params_ = params and next(params) and params or vim.empty_dict()
  link:write(vim.fn.json_encode({ jsonrpc = '2.0', id = number, method = method, params = params_ }) .. '\n')
end

--- Give the first and last line, from 0, of the statement in a line: it runs to the next line that is not indented.
function M.statement(lines, at)
  local function begins(line) return line ~= '' and not line:match('^[%s#%)%]}|]') end
  local first = at
  while first > 0 and not begins(lines[first + 1]) do first = first - 1 end
  local last = first
  while lines[last + 2] and not begins(lines[last + 2]) do last = last + 1 end
  while last > first and lines[last + 1]:match('^%s*$') do last = last - 1 end
  return first, last
end

--- Evaluate lines of this buffer, both from 0, and show what is wrong with them.
function M.evaluate(first, last)
  local buffer = vim.api.nvim_get_current_buf()
  local text = table.concat(vim.api.nvim_buf_get_lines(buffer, first, last + 1, false), '\n')
  vim.highlight.range(buffer, mark, 'IncSearch', { first, 0 }, { last, 1000 })
  vim.defer_fn(function() vim.api.nvim_buf_clear_namespace(buffer, mark, 0, -1) end, 150)
  M.ask('evaluate', { text = text, name = vim.api.nvim_buf_get_name(buffer), line = first + 1 }, function(done)
    for _, said in ipairs(done.said) do vim.notify(said) end
    local found = {}
    for _, e in ipairs(done.errors) do
      local placed = type(e.line) == 'number'
      table.insert(found, {
        lnum = placed and e.line - 1 or first,
        col = placed and e.column - 1 or 0,
        end_lnum = placed and e.endLine - 1 or last,
        end_col = placed and e.endColumn - 1 or 0,
        message = e.message .. (e.hint ~= '' and '\n' .. e.hint or ''),
      })
    end
    vim.diagnostic.set(mark, buffer, found)
  end)
end

function M.here()
  local lines = vim.api.nvim_buf_get_lines(0, 0, -1, false)
  M.evaluate(M.statement(lines, vim.api.nvim_win_get_cursor(0)[1] - 1))
end

function M.all() M.evaluate(0, vim.api.nvim_buf_line_count(0) - 1) end

local function attach()
  local config = { name = 'livecode', cmd = { M.command, 'lsp' }, root_dir = vim.fn.getcwd() }
  if vim.lsp.start then
    vim.lsp.start(config)
  else
    M.client = M.client or vim.lsp.start_client(config)
    vim.lsp.buf_attach_client(0, M.client)
  end
  vim.bo.commentstring = '# %s'
  vim.bo.omnifunc = 'v:lua.vim.lsp.omnifunc'
  local function map(mode, key, run) vim.keymap.set(mode, key, run, { buffer = true }) end
  map({ 'n', 'i' }, '<C-CR>', M.here)
  map('n', '<localleader>e', M.here)
  map('x', '<localleader>e', function() M.evaluate(vim.fn.line('v') - 1, vim.fn.line('.') - 1) end)
  map('n', '<localleader>a', M.all)
  map('n', '<localleader>h', function() M.ask('hush') end)
  map('n', '<localleader>p', function() M.ask('panic') end)
  map('n', 'K', vim.lsp.buf.hover)
  map('n', 'gd', vim.lsp.buf.definition)
end

function M.setup(options)
  M.command = options and options.command or M.command
  vim.api.nvim_create_autocmd({ 'BufRead', 'BufNewFile' }, {
    pattern = '*.live',
    callback = function()
      vim.bo.filetype = 'livecode'
      attach()
    end,
  })
end

return M
