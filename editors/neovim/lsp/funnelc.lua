-- The language server, for `vim.lsp.enable`. It is started in the folder of the configuration, else in the repository, else
-- in the folder of the file, as the files beside it belong to the same project.
return {
  cmd = { 'funnelc', 'lsp' },
  filetypes = { 'funnel' },
  root_dir = function(buffer, start)
    start(vim.fs.root(buffer, { 'funnelc.yaml', '.git' }) or vim.fs.dirname(vim.api.nvim_buf_get_name(buffer)))
  end,
}
