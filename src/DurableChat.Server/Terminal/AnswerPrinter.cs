using System.Text;
using DurableChat.Client;
using DurableChat.Server.Text;
using Spectre.Console;

namespace DurableChat.Server.Terminal;

/// <summary>
/// Prints answers as they arrive. Terminal output cannot be taken back, so the committed message is compared with what
/// was printed. Not thread-safe.
/// </summary>
internal sealed class AnswerPrinter(IAnsiConsole console)
{
    /// <summary>Terminal codes: dim and red.</summary>
    private const string Aside = "2";
    private const string Alarm = "31";

    private readonly StringBuilder _shown = new();
    private int _shownTools;
    private long _generation;
    private bool _isReasoning;
    private bool _isAtLineStart = true;

    /// <summary>Prints parts of an answer in flight.</summary>
    public void Print(MessagePartEvent parts)
    {
        if (parts.Generation != _generation)
        {
            Forget();
            _generation = parts.Generation;
        }

        switch (parts.Part)
        {
            case { Type: MessagePart.TextType or MessagePart.RefusalType, Text: { } text }:
                EndReasoning();
                _shown.Append(text);
                Write(text);
                break;
            case { Type: MessagePart.ReasoningType, Text: { } reasoning }:
                _isReasoning = true;
                Write(reasoning, Aside);
                break;
            case { Type: MessagePart.ToolCallType } call:
                PrintAside($"calls {call.Name} {call.Arguments}");
                break;
            case { Type: MessagePart.ProviderToolType } tool:
                _shownTools++;
                PrintProviderTool(tool);
                break;
        }
    }

    /// <summary>Prints that the printed part of an answer is void.</summary>
    public void PrintReset()
    {
        if (_shown.Length > 0)
        {
            PrintAside("the answer starts again");
        }

        Forget();
    }

    /// <summary>Prints a committed message, or the part that is missing.</summary>
    public void Print(HistoryMessage message)
    {
        switch (message.Role)
        {
            case "user":
                EndLine();
                Write($"> {message.Text}");
                break;
            case "tool":
                foreach (var result in message.Parts.Where(part => part.Type == MessagePart.ToolResultType))
                {
                    PrintAside($"{(result.IsError ? "the tool failed" : "the tool says")}: {result.Result}");
                }

                break;
            default:
                PrintAnswer(message);
                break;
        }

        EndLine();
    }

    /// <summary>Prints a remark on its own line.</summary>
    public void PrintAside(string remark) => PrintLine($"[{Printable.Line(remark)}]", Aside);

    /// <summary>Prints an error on its own line.</summary>
    public void PrintAlarm(string text) => PrintLine(Printable.Line(text), Alarm);

    /// <summary>Prompts for the next message.</summary>
    public void Prompt()
    {
        EndLine();
        console.Profile.Out.Writer.Write("> ");
    }

    /// <summary>Records that the user has ended the line by pressing Enter.</summary>
    public void LineWasEnded() => _isAtLineStart = true;

    private void PrintAnswer(HistoryMessage message)
    {
        var text = AnswerRemarks.WordsOf(message);
        var shown = message.Generation == _generation ? _shown.ToString() : string.Empty;
        var tools = message.Parts.Where(part => part.Type == MessagePart.ProviderToolType);
        EndReasoning();
        foreach (var tool in message.Generation == _generation ? tools.Skip(_shownTools) : tools)
        {
            PrintProviderTool(tool);
        }

        if (text.StartsWith(shown, StringComparison.Ordinal))
        {
            Write(text[shown.Length..]);
        }
        else
        {
            PrintAside("the answer is another");
            Write(text);
        }

        Forget();
        foreach (var remark in AnswerRemarks.Of(message))
        {
            PrintAside(remark);
        }
    }

    private void PrintProviderTool(MessagePart tool) =>
        PrintAside($"the provider ran {tool.Name} {tool.Input}".TrimEnd());

    private void Forget()
    {
        _shown.Clear();
        _shownTools = 0;
        _generation = 0;
    }

    private void EndReasoning()
    {
        if (_isReasoning)
        {
            _isReasoning = false;
            EndLine();
        }
    }

    private void PrintLine(string text, string style)
    {
        EndLine();
        Write(text, style);
        EndLine();
    }

    private void EndLine()
    {
        if (!_isAtLineStart)
        {
            Write("\n");
        }
    }

    private void Write(string text, string? style = null)
    {
        if (text.Length == 0)
        {
            return;
        }

        var clean = Printable.Text(text);
        console.Profile.Out.Writer.Write(style is not null && console.Profile.Capabilities.Ansi ? $"\e[{style}m{clean}\e[0m" : clean);
        console.Profile.Out.Writer.Flush();
        _isAtLineStart = clean[^1] == '\n';
    }
}
