;;; emacs.el --- Drives eglot through a project -*- lexical-binding: t; -*-

;; The working folder is the project: see `tests/tools/editors.py'.

(require 'eglot)
(require 'flymake)
(require 'xref)

(defun said (&rest words)
  "Print WORDS as they are, for the caller to count."
  (send-string-to-terminal (encode-coding-string (concat (apply #'concat words) "\n") 'utf-8)))

(defun verdict (name ok &optional found)
  "Say that NAME is OK, or what was FOUND instead."
  (said (if ok (concat "ok " name) (format "FAIL %s: %S" name found))))

(defun same (name found wanted)
  "Say whether FOUND is what was WANTED of NAME."
  (verdict name (equal found wanted) found))

(defun wait-for (test)
  "Wait until TEST holds, ten seconds at most."
  (let ((end (time-add nil 10)))
    (while (and (not (funcall test)) (time-less-p nil end))
      (accept-process-output nil 0.02))))

(defun open-file (file)
  "Visit FILE with the language server."
  (switch-to-buffer (find-file-noselect file))
  (unless (eglot-managed-p)
    (apply #'eglot (eglot--guess-contact)))
  (wait-for #'eglot-managed-p))

(defun go-to (words &optional behind)
  "Stand before WORDS, or BEHIND them."
  (goto-char (point-min))
  (search-forward words)
  (unless behind (goto-char (match-beginning 0))))

(defun says-p (words)
  "Whether WORDS stand in this buffer."
  (save-excursion
    (goto-char (point-min))
    (search-forward words nil t)))

(defun errors ()
  "The errors of this buffer."
  (seq-filter (lambda (found) (eq (flymake-diagnostic-type found) 'eglot-error))
              (flymake-diagnostics)))

(defun check-diagnostics ()
  (open-file "shop.funnel")
  (flymake-start)
  (wait-for #'errors)
  (let ((found (car (errors))))
    (same "one error" (length (errors)) 1)
    (same "it stands behind Arabic and an emoji on its words"
          (buffer-substring (flymake-diagnostic-beg found) (flymake-diagnostic-end found))
          "ownr")
    (verdict "it says what is wrong"
             (string-search "an event has no `ownr`" (flymake-diagnostic-text found))
             (flymake-diagnostic-text found))))

(defun check-fix ()
  (go-to "ownr")
  (let* ((actions (eglot-code-actions (point) (point)))
         (fix (seq-find (lambda (action) (equal (plist-get action :title) "write `owner`")) actions)))
    (verdict "the fix is offered" fix actions)
    (eglot--apply-workspace-edit (plist-get fix :edit)))
  (eglot--signal-textDocument/didChange)
  (wait-for (lambda () (null (errors))))
  (same "the fix takes the error away" (errors) nil)
  (verdict "the fix changes the word" (says-p "sent_by web; owner growth; status live; prop")))

(defun check-completion ()
  (open-file "mails.funnel")
  (go-to "viewed")
  (delete-char (length "viewed"))
  (pcase-let* ((`(,from ,to ,table . ,_) (eglot-completion-at-point))
               (found (all-completions (buffer-substring from to) table)))
    (verdict "an event is completed from the other file" (member "page_viewed" found) found)
    (verdict "a funnel is not what starts a sequence" (not (member "store" found)) found))
  (completion-at-point)
  (same "the name is completed"
        (buffer-substring (line-beginning-position) (line-end-position))
        "  start  page_viewed"))

(defun check-references ()
  (go-to "page_viewed")
  (let ((found (mapcar (lambda (use)
                         (let ((place (xref-item-location use)))
                           (format "%s:%s" (file-name-nondirectory (xref-location-group place))
                                   (xref-location-line place))))
                       (xref-backend-references 'eglot "page_viewed"))))
    (same "its uses in both files" (sort found #'string<)
          '("mails.funnel:3" "shop.funnel:11" "shop.funnel:17"))))

(defun check-hover ()
  (go-to "page_viewed")
  (let* ((answer (jsonrpc-request (eglot--current-server-or-lose) :textDocument/hover
                                  (eglot--TextDocumentPositionParams)))
         (text (plist-get (plist-get answer :contents) :value)))
    (verdict "hover has the documentation"
             (and text (string-search "Somebody looked at a page." text)) text)))

(defun check-definition ()
  (go-to "page_viewed")
  (xref-find-definitions "page_viewed")
  (same "definition leads to the other file" (file-name-nondirectory (buffer-file-name)) "shop.funnel")
  (verdict "and to the name there" (looking-at-p "page_viewed \"Page viewed\"")
           (buffer-substring (point) (line-end-position))))

(defun check-rename ()
  (open-file "mails.funnel")
  (go-to "شراء")
  (eglot-rename "bought")
  (verdict "rename changes this file" (and (says-p "stop   bought") (says-p "aims_for bought")))
  (switch-to-buffer "shop.funnel")
  (verdict "rename changes the declaration" (says-p "event bought \"🎁 عملية شراء\""))
  (verdict "rename changes the use" (says-p "enter bought; converts")))

(defun check-format ()
  (dolist (file '("shop.funnel" "mails.funnel"))
    (switch-to-buffer file)
    (eglot--signal-textDocument/didChange)
    (eglot-format-buffer)
    (save-buffer))
  (verdict "files are written for the comparison" t))

(defun check-mode ()
  "What the mode does by itself: the examples are indented as they stand, and coloured."
  (dolist (file (directory-files-recursively (getenv "FUNNEL_EXAMPLES") "\\.funnel\\'"))
    (with-temp-buffer
      (insert-file-contents file)
      (funnel-mode)
      (let ((before (buffer-string))
            (inhibit-message t))
        (indent-region (point-min) (point-max))
        (verdict (concat (file-name-nondirectory file) " is indented so") (equal before (buffer-string))))))
  (with-temp-buffer
    (insert "event شراء \"x\" { status live } // said\nsays \"\"\"\n a \"b\" {\n\"\"\"\nowner crm\n")
    (funnel-mode)
    (font-lock-ensure)
    (let ((face (lambda (words) (go-to words) (get-text-property (point) 'face))))
      (same "a kind is a keyword" (funcall face "event") 'font-lock-keyword-face)
      (same "its name is a type" (funcall face "شراء") 'font-lock-type-face)
      (same "a field is a field" (funcall face "status") 'font-lock-function-name-face)
      (same "a comment is one" (funcall face "said") 'font-lock-comment-face)
      (same "a long text is one" (funcall face "b\" {") 'font-lock-string-face)
      (same "and ends" (funcall face "owner") 'font-lock-function-name-face))))

(setq eglot-sync-connect t
      eglot-confirm-server-initiated-edits nil
      create-lockfiles nil
      make-backup-files nil)

(condition-case fault
    (progn
      (mapc #'funcall (list #'check-diagnostics #'check-fix #'check-completion #'check-references #'check-hover
                            #'check-definition #'check-rename #'check-format #'check-mode))
      (verdict "the session ran to its end" t))
  (error (verdict "the session ran to its end" nil fault)))

(let ((kill-buffer-query-functions nil))
  (ignore-errors (eglot-shutdown-all))
  (kill-emacs 0))

;;; emacs.el ends here
