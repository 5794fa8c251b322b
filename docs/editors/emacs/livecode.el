;;; livecode.el --- Play livecode from Emacs -*- lexical-binding: t -*-

;; Put this file into `load-path' and say (require 'livecode). Files that end in .live open in `livecode-mode';
;; M-x eglot starts the language server. C-c C-c plays a statement, C-c C-b the buffer, C-c C-h hushes.

;;; Code:
(require 'json)
(require 'subr-x)

(defgroup livecode nil "Playing livecode." :group 'languages)
(defcustom livecode-command "livecode" "How livecode is called." :type 'string)

(defvar livecode--link nil "The connection to `livecode serve'.")
(defvar livecode--rest "" "What has come in of a line that is not complete.")
(defvar livecode--number 0)
(defvar livecode--waiting (make-hash-table) "What is done with the answers to come, by their number.")

(defun livecode--card ()
  "Read where `livecode serve' is, and its token."
  (let ((file (expand-file-name "livecode/serve.json" (or (getenv "XDG_STATE_HOME") "~/.local/state"))))
    (unless (file-readable-p file) (user-error "livecode serve does not run"))
    (json-read-file file)))

(defun livecode--hear (_process text)
  "Take what comes in as TEXT."
  (let ((lines (split-string (concat livecode--rest text) "\n")))
    (setq livecode--rest (car (last lines)))
    (dolist (line (butlast lines))
      (let* ((found (json-read-from-string line))
             (id (alist-get 'id found))
             (answer (and id (gethash id livecode--waiting))))
        (remhash id livecode--waiting)
        (cond ((equal (alist-get 'method found) "told") (message "%s" (alist-get 'text (alist-get 'params found))))
              ((alist-get 'error found) (message "livecode: %s" (alist-get 'message (alist-get 'error found))))
              (answer (funcall answer (alist-get 'result found))))))))

(defun livecode--connect ()
  "Connect to `livecode serve', unless that is done."
  (unless (process-live-p livecode--link)
    (let* ((card (livecode--card)) (address (alist-get 'address card)))
      (setq livecode--rest ""
            livecode--link
            (if (string-match "\\`\\(127\\.[0-9.]+\\):\\([0-9]+\\)\\'" address)
                (make-network-process :name "livecode" :host (match-string 1 address) :coding 'utf-8
                                      :service (string-to-number (match-string 2 address))
                                      :filter #'livecode--hear :noquery t)
              (make-network-process :name "livecode" :family 'local :service address :coding 'utf-8
                                    :filter #'livecode--hear :noquery t)))
      (livecode-ask "hello" `((token . ,(alist-get 'token card)))))))

(defun livecode-ask (method &optional params answer)
  "Call METHOD with PARAMS; ANSWER is called with the result."
  (livecode--connect)
  (setq livecode--number (1+ livecode--number))
  (when answer (puthash livecode--number answer livecode--waiting))
  (process-send-string
   livecode--link
   (concat (json-encode `((jsonrpc . "2.0") (id . ,livecode--number) (method . ,method)
                          (params . ,(or params (make-hash-table)))))
           "\n")))

(defun livecode-evaluate (start end)
  "Evaluate the text from START to END."
  (interactive "r")
  (livecode-ask "evaluate"
                `((text . ,(buffer-substring-no-properties start end))
                  (name . ,(or buffer-file-name (buffer-name)))
                  (line . ,(line-number-at-pos start)))
                (lambda (done)
                  (let ((said (append (alist-get 'said done) nil))
                        (errors (mapcar (lambda (e) (alist-get 'text e)) (alist-get 'errors done))))
                    (message "%s" (or (string-join (append errors said) "\n") "")))))
  (when (fboundp 'pulse-momentary-highlight-region) (pulse-momentary-highlight-region start end)))

(defconst livecode--begins "^[^][(){}|#[:space:]\n]" "How the first line of a statement begins.")

(defun livecode-statement ()
  "Give where the statement at point begins and ends."
  (save-excursion
    (end-of-line)
    (let ((start (if (re-search-backward livecode--begins nil t) (line-beginning-position) (point-min))))
      (end-of-line)
      (let ((end (if (re-search-forward livecode--begins nil t) (line-beginning-position) (point-max))))
        (goto-char end)
        (skip-chars-backward " \t\n")
        (cons start (max start (point)))))))

(defun livecode-evaluate-statement ()
  "Evaluate the region, or the statement at point."
  (interactive)
  (if (use-region-p) (livecode-evaluate (region-beginning) (region-end))
    (let ((place (livecode-statement))) (livecode-evaluate (car place) (cdr place)))))

(defun livecode-evaluate-buffer () "Evaluate everything." (interactive) (livecode-evaluate (point-min) (point-max)))
(defun livecode-hush () "Let what sounds die away." (interactive) (livecode-ask "hush"))
(defun livecode-panic () "Silence." (interactive) (livecode-ask "panic"))

(defvar livecode-mode-map
  (let ((map (make-sparse-keymap)))
    (define-key map (kbd "C-c C-c") #'livecode-evaluate-statement)
    (define-key map (kbd "C-c C-b") #'livecode-evaluate-buffer)
    (define-key map (kbd "C-c C-h") #'livecode-hush)
    (define-key map (kbd "C-c C-p") #'livecode-panic)
    map))

;;;###autoload
(define-derived-mode livecode-mode prog-mode "livecode"
  "Statements of livecode."
  (modify-syntax-entry ?# "<") (modify-syntax-entry ?\n ">")
  (modify-syntax-entry ?\" "\"") (modify-syntax-entry ?' "\"")
  (setq-local comment-start "# ")
  (setq-local font-lock-defaults
              '((("^\\(compose\\|let\\|arrange\\|design\\|mix\\|master\\)\\_>\\(?:[ \t]+\\(effect[ \t]+\\)?\\(\\sw+\\)\\)?"
                  (1 font-lock-keyword-face) (3 font-lock-function-name-face nil t))
                 ("^\\(\\sw+\\)[ \t]*=" 1 font-lock-variable-name-face)
                 ("\\_<-?[0-9][0-9./]*\\(?:[a-zA-Z%]+\\)?" . font-lock-constant-face)
                 ("|[ \t]*\\(\\sw+\\)" 1 font-lock-function-name-face)))))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.live\\'" . livecode-mode))

;; eglot comes with Emacs from 29 on.
(defvar eglot-server-programs)
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs `(livecode-mode . (,livecode-command "lsp"))))

(provide 'livecode)
;;; livecode.el ends here
