# SPDX-License-Identifier: LGPL-2.1-or-later
# complete.zsh DIRECTORY LINE: types LINE and a tab into an interactive zsh that has DIRECTORY in its fpath, and
# prints all that zsh showed, the list of candidates or an error, and the line as it is then, in <>. HOME is written.
zmodload zsh/zpty || exit 77

cat >$HOME/.zshrc <<RC
LISTMAX=0 COLUMNS=200 LINES=400 RPS1= PS1='ready> '
setopt no_beep no_list_beep no_list_ambiguous
fpath=(${(q)1} \$fpath)
autoload -Uz compinit && compinit -u -D
typed() { print -r -- "<\$BUFFER>"; print -r -- typed-end; exit }
zle -N typed
bindkey '^I' expand-or-complete
bindkey '^Xt' typed
unset zle_bracketed_paste
RC

# the prompt comes when the line editor has the terminal
zpty -b shell "stty cols 200 rows 400; exec env TERM=dumb ZDOTDIR=${(q)HOME} zsh -d -i" || exit 77
zpty -r -m shell seen '*ready> *'
zpty -w -n shell "$2"$'\t\x18t'
zpty -r -m shell seen $'*typed-end*'
zpty -d shell
seen=${seen%typed-end*}
print -r -- "${seen//[$'\r\a\e']/}"
