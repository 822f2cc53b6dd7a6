vim.lsp.enable('funnelc')
