"""The web pages: server-rendered Dutch HTML in which every task works without JavaScript and by keyboard alone.

One module per group of pages holds its endpoints as `routes`: worklist, dossiers, signal, tasks, cases, session. They
take a `Page` from `page`, which knows who asks, holds the transaction and renders; `answers` stands between web
forms and the engine, `story` and `wording` say things in Dutch, `render` turns a template into HTML.
"""
