"""The commands of `autodiff`, one to a file: `add_parser` says what can be given, and `run` does it.

    step      step through the passes, in the terminal or on a page
    explain   why gradients are what they are
    draw      the computation graph
    quiz      exercises, asked or printed
    playground  the page that runs programs in the browser
    subject   what three of them are about: an expression with its values, or a value that a program makes

The command `grade` stands with what it belongs to, in `autodiff.testing.conform.command`.
"""
