vim.filetype.add({ extension = { funnel = 'funnel' } })
