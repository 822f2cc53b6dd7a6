;;; funnel-mode.el --- Major mode for .funnel files -*- lexical-binding: t; -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "28.1"))
;; Keywords: languages
;; URL: https://github.com/funnelc/funnelc

;;; Commentary:

;; Colours, indentation and an index for specs of marketing funnels, and the
;; language server of the compiler for eglot: `M-x eglot' starts `funnelc lsp'.

;;; Code:

(require 'imenu)

(defvar eglot-server-programs)

(defgroup funnel nil
  "Specs of marketing funnels."
  :group 'languages)

(defcustom funnel-indent-offset 2
  "How many columns a block is indented."
  :type 'natnum
  :safe #'natnump)

;; The line below each mark of a list is written by the tests of the compiler.

(defconst funnel-kinds
  ;; words: kinds
  '("project" "brief" "use" "team" "source" "measure" "consent" "traits" "type" "props" "prop" "event" "variant" "channel" "campaign" "segment" "antisegment" "persona" "score" "kpi" "goal" "funnel" "stage" "handover" "offer" "program" "tier" "survey" "sending" "holidays" "sequence" "email" "sms" "whatsapp" "push" "call" "post" "task" "wait" "when" "then" "else" "split" "nothing" "experiment" "competitor" "audit" "dashboard" "group" "model" "make")
  "Words that begin a declaration.")

(defconst funnel-named-kinds
  ;; words: named
  '("project" "team" "source" "consent" "type" "props" "prop" "event" "variant" "channel" "campaign" "segment" "antisegment" "persona" "score" "kpi" "goal" "funnel" "stage" "offer" "program" "tier" "survey" "holidays" "sequence" "email" "sms" "whatsapp" "push" "call" "post" "task" "split" "experiment" "competitor" "audit" "dashboard" "group" "model" "make")
  "Words that begin a declaration with a name.")

(defconst funnel-fields
  ;; words: fields
  '("again" "aims_for" "alert" "answered" "ask_on" "asks" "assigned" "attribution" "audience" "basis" "benefit" "between" "brings" "budget" "by" "cap" "channel" "channels" "choices" "code" "cohort" "comment" "confidence" "content" "converts" "cost" "count" "counts" "cta" "currency" "cycle" "decay" "demand" "detects" "edition" "enter" "events" "example" "exclude" "experiment" "fact" "feels" "finding" "from" "funnel" "given" "goal" "goals" "guards" "holdout" "identity" "image" "influencers" "influences" "informs" "keep" "key" "kind" "kpi" "kpis" "label" "languages" "lead" "lead_time" "margin" "match" "mature" "measures" "members" "milestone" "minimum" "moves" "named" "needs" "net" "next" "not_on" "not_to" "objections" "of" "offer" "on" "once" "once_per" "open" "optional" "order" "over" "owner" "pains" "pause_while" "per" "points" "positioning" "power" "preview" "price" "question" "quiet" "rates" "retention" "review" "says" "scale" "season" "sells" "sells_to" "sent_by" "sequence" "severity" "size" "spend" "stacks" "start" "status" "stop" "strategy" "strengths" "subject" "target" "text" "time" "timezone" "tools" "touches" "traits" "trusts" "undone" "url" "usp" "utm_campaign" "utm_content" "utm_medium" "utm_source" "valid" "value" "variants" "vendor" "via" "was" "weaknesses" "week" "when" "where" "window" "with" "withdrawn" "worth")
  "Words that begin a field.")

(defconst funnel-clauses
  ;; words: clauses
  '("after" "as" "between" "by" "deprecated" "during" "else" "every" "for" "from" "in" "length" "lookback" "margin" "matching" "named" "of" "on" "owner" "per" "pii" "prefer" "purpose" "rate" "scale" "score" "split" "target" "to" "trait" "unit" "up_to" "use" "was" "when" "where" "within")
  "Words inside of fields.")

(defconst funnel-values
  ;; words: values
  '("above" "absolute" "accounts" "all" "always" "apr" "attribution" "aug" "behaviour" "behavioural" "below" "best_price" "best_product" "bottom" "buyer" "campaign" "channel" "consent" "contact" "country" "daily" "day" "dec" "decay" "decision_maker" "demographic" "deprecated" "device" "differentiation" "direct" "drop" "earned" "entries" "event" "feb" "financial" "firmographic" "first" "flywheel" "focus" "friday" "gatekeeper" "group" "health" "high" "hold" "hourglass" "identify" "identity" "indirect" "influencer" "information" "inverted" "jan" "jul" "jun" "language" "last" "last_non_direct" "latest" "legitimate_interest" "linear" "live" "location" "low" "loyalty" "mar" "may" "medium" "middle" "missing" "monday" "month" "monthly" "needs" "never" "no" "nov" "oct" "offline" "only" "organic" "owned" "page" "paid" "partial" "partner" "people" "planned" "position" "potential" "problem" "product" "project" "quarterly" "recipient" "reentry" "referral" "relative" "required" "saturday" "screen" "segment" "sensitive" "sent" "sep" "service" "skip" "soft_opt_in" "spend" "stage" "standard" "status" "substitute" "sunday" "survey" "technographic" "thursday" "top" "track" "transactional" "trust" "tuesday" "unique" "user" "value" "wednesday" "week" "weekly" "yearly" "yes")
  "Words of closed lists.")

(defvar funnel-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?/ ". 12" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?_ "_" table)
    (modify-syntax-entry ?- "_" table)
    (modify-syntax-entry ?. "_" table)
    (dolist (sign '(?* ?+ ?< ?> ?= ?| ?% ?&))
      (modify-syntax-entry sign "." table))
    table)
  "Syntax table of `funnel-mode'.")

(defconst funnel--begin "\\(?:^\\|[{};؛]\\)[ \t]*"
  "What stands before the first word of a statement.")

(defconst funnel--name "\\([[:alpha:]_][[:alnum:]_.-]*\\)"
  "A name or a path.")

(defun funnel--words (words)
  "A group that matches one of WORDS."
  (concat "\\_<\\(" (regexp-opt words) "\\)\\_>"))

(defvar funnel-font-lock-keywords
  `((,(concat funnel--begin (funnel--words funnel-named-kinds) "[ \t]+" funnel--name)
     (1 font-lock-keyword-face) (2 font-lock-type-face))
    (,(concat funnel--begin (funnel--words funnel-kinds)) 1 font-lock-keyword-face)
    (,(concat funnel--begin (funnel--words funnel-fields)) 1 font-lock-function-name-face)
    ("{{\\([^{}|\n]+\\)\\(?:|[^{}\n]*\\)?}}" 1 font-lock-variable-name-face prepend)
    (,(funnel--words '("and" "or" "not" "in" "did" "no" "true" "false")) . font-lock-builtin-face)
    (":[ \t]*\\([a-z_]+\\)\\_>" 1 font-lock-constant-face)
    (,(funnel--words funnel-clauses) . font-lock-builtin-face)
    (,(funnel--words funnel-values) . font-lock-constant-face)
    ("\\_<[+-]?[0-9][[:alnum:]_.:-]*%?" . font-lock-constant-face))
  "Colours of `funnel-mode'.")

(defun funnel--propertize (start end)
  "Make one string of each text between triple quotes from START to END."
  (goto-char start)
  (while (re-search-forward "\"\"\"" end t)
    (let* ((quotes (match-beginning 0))
           (inside (save-excursion (syntax-ppss quotes))))
      (cond
       ((eq (nth 3 inside) t)
        (put-text-property (1- (point)) (point) 'syntax-table '(15)))
       ((not (nth 8 inside))
        (put-text-property quotes (1+ quotes) 'syntax-table '(15)))))))

(defun funnel--runs-on-p ()
  "Whether this line goes on with the statement above it."
  (let ((joins (looking-at-p "->\\|\\.\\.\\|[*]\\|/[^/]\\|\\(?:and\\|or\\)\\_>"))
        (clause (looking-at-p "\\(?:rate\\|within\\|when\\|on\\|as\\|after\\)\\_>")))
    (save-excursion
      (forward-comment (- (point)))
      (let ((before (char-before)))
        (or (memq before '(?, ?، ?= ?< ?> ?: ?| ?+ ?- ?* ?/))
            (looking-back "\\_<\\(?:and\\|or\\)" (line-beginning-position))
            (and joins (not (memq before '(?{ ?} ?\; ?؛ nil))))
            (and clause (funnel--after-arrow-p)))))))

(defun funnel--after-arrow-p ()
  "Whether the statement that ends here is a transition."
  (save-excursion
    (back-to-indentation)
    (while (and (not (bobp)) (looking-at-p "\\(?:rate\\|within\\|when\\|on\\|as\\|after\\|and\\|or\\)\\_>"))
      (forward-line -1)
      (back-to-indentation))
    (looking-at-p (concat "\\(?:handover[ \t]+\\)?" funnel--name "[ \t]*->"))))

(defun funnel--indentation ()
  "The column that the code of this line begins in; nil inside of a text."
  (save-excursion
    (back-to-indentation)
    (let ((inside (syntax-ppss)))
      (unless (nth 3 inside)
        (* funnel-indent-offset
           (+ (max 0 (- (nth 0 inside) (if (looking-at-p "[])}]") 1 0)))
              (if (funnel--runs-on-p) 2 0)))))))

(defun funnel-indent-line ()
  "Indent this line as the blocks around it say."
  (let ((column (funnel--indentation))
        (behind (> (current-column) (current-indentation))))
    (when column
      (if behind
          (save-excursion (indent-line-to column))
        (indent-line-to column)))))

(defvar funnel-imenu-generic-expression
  (mapcar (lambda (kind)
            (list kind (concat "^[ \t]*" kind "[ \t]+" funnel--name) 1))
          funnel-named-kinds)
  "The index of `funnel-mode': names by kind.")

;;;###autoload
(define-derived-mode funnel-mode prog-mode "Funnel"
  "Major mode for specs of marketing funnels."
  (setq-local comment-start "// ")
  (setq-local comment-start-skip "//+[ \t]*")
  (setq-local comment-end "")
  (setq-local indent-tabs-mode nil)
  (setq-local indent-line-function #'funnel-indent-line)
  (setq-local electric-indent-chars (append "{}()[]" electric-indent-chars))
  (setq-local syntax-propertize-function #'funnel--propertize)
  (setq-local font-lock-defaults '(funnel-font-lock-keywords))
  (setq-local imenu-generic-expression funnel-imenu-generic-expression))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.funnel\\'" . funnel-mode))

;;;###autoload
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '(funnel-mode . ("funnelc" "lsp"))))

(provide 'funnel-mode)

;;; funnel-mode.el ends here
