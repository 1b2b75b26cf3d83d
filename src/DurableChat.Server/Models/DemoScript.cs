using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using DurableChat.Models;
using Microsoft.Extensions.AI;

namespace DurableChat.Server.Models;

/// <summary>What the demo model is about to say. Pure.</summary>
/// <param name="Text">The answer.</param>
/// <param name="Reasoning">What it thinks first.</param>
/// <param name="ToolCall">The tool that it calls after the text.</param>
/// <param name="Fails">True if it fails after the text.</param>
internal sealed partial record DemoScript(
    string Text,
    string Reasoning = "",
    FunctionCallContent? ToolCall = null,
    bool Fails = false)
{
    private const int MaxCount = 5_000;
    private const int StoryParagraphs = 12;

    /// <summary>Chooses what to say. More specific requests are checked first.</summary>
    public static DemoScript Answer(DemoConversation conversation, IEnumerable<AITool> tools)
    {
        var latest = conversation.Latest;
        if (conversation.ToolResult is { } result)
        {
            return new DemoScript(
                $"The tool says: {result}. That was a turn in two steps: the call, its result and this answer are each "
                    + "stored on their own.");
        }

        if (FindTool(latest, tools) is { } tool)
        {
            return new DemoScript(
                "Let me look that up. ",
                ToolCall: new FunctionCallContent(CallId(conversation, tool), tool, new Dictionary<string, object?>()));
        }

        if (Says(latest, "fail"))
        {
            return new DemoScript("I will try, but I was told to ", Fails: true);
        }

        if (CountPattern().Match(latest) is { Success: true } count)
        {
            return new DemoScript(
                CountTo(int.Parse(count.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture)));
        }

        if (Says(latest, "story") || Says(latest, "long"))
        {
            return new DemoScript(Story(latest));
        }

        if (Says(latest, "think"))
        {
            return new DemoScript(
                "I have thought about it, and you saw me do so: reasoning streams beside the answer and is "
                    + "stored with it.",
                $"The user says \"{Short(latest)}\". This is message {conversation.UserMessages.Count} of theirs. What "
                    + "would help? Something short, I suppose.");
        }

        if (Says(latest, "code"))
        {
            return new DemoScript(
                "Here is how to follow this chat from a shell:\n\n```bash\ncurl -N "
                    + "http://127.0.0.1:8080/api/v1/chats/$CHAT/stream\n```\n\nRun it twice: both see the same words "
                    + "at the same time.");
        }

        return new DemoScript(conversation.UserMessages.Count <= 1 ? Welcome(latest) : FollowUp(conversation));
    }

    /// <summary>Splits a text into words with the following space, so that they join to the text.</summary>
    public static IEnumerable<string> SplitWords(string text) =>
        WordPattern().Matches(text).Select(match => match.Value);

    private static string Welcome(string latest) =>
        $"You said \"{Short(latest)}\". I am the demo model: I need no key, and I talk slowly so that you can watch. "
        + "While I do, reload the page, close the lid, or open a second tab: the answer goes on, and you will "
        + "miss nothing. "
        + "Send something before I am done and it waits in the queue. "
        + "Ask me for the time, to think, for some code, for a long story, to count to 500, or to fail.";

    private static string FollowUp(DemoConversation conversation) =>
        $"That is message {conversation.UserMessages.Count} from you. You began with \""
        + $"{Short(conversation.UserMessages[0])}\""
        + (conversation.UserMessages.Count > 2
            ? $", just now came \"{Short(conversation.UserMessages[^2])}\""
            : string.Empty)
        + $", and now you say \"{Short(conversation.Latest)}\". I remember because the server does: the history is on "
        + "disk, not in this tab.";

    private static string CountTo(int number)
    {
        var text = new StringBuilder();
        for (var i = 1; i <= Math.Min(number, MaxCount); i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{i}{(i % 20 == 0 ? '\n' : ' ')}");
        }

        return text.ToString().TrimEnd();
    }

    private static string Story(string latest)
    {
        var text = new StringBuilder($"# A long story about \"{Short(latest)}\"\n\n");
        for (var i = 1; i <= StoryParagraphs; i++)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"Part {i}. Somewhere between two servers a message was on its way. It had been written down before "
                    + $"anybody saw it, so it was in no hurry. ")
                .Append(
                    "A reader left and came back, another came along, a cable was pulled and put in again, and each of "
                        + "them found the message where they had stopped reading. ")
                .Append("Nobody read it twice.\n\n");
        }

        return text.Append("The end.").ToString();
    }

    private static string? FindTool(string latest, IEnumerable<AITool> tools)
    {
        var names = tools.Select(tool => tool.Name).ToList();
        return names.Find(name => Says(latest, name))
            ?? (TimePattern().IsMatch(latest) && names.Contains(CurrentTimeTool.Name) ? CurrentTimeTool.Name : null);
    }

    /// <summary>
    /// The same position in the same conversation results in the same id, so that a call repeated after a crash is
    /// recognised.
    /// </summary>
    private static string CallId(DemoConversation conversation, string tool) =>
        $"call_{conversation.UserMessages.Count}_{tool}";

    private static bool Says(string text, string word) => Regex.IsMatch(
        text, $@"(?<!\w){Regex.Escape(word)}(?!\w)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    private static string Short(string text)
    {
        const int Length = 60;
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= Length
            ? line
            : $"{line[..(char.IsHighSurrogate(line[Length - 1]) ? Length - 1 : Length)]}…";
    }

    [GeneratedRegex(@"\s*\S+\s*?(?=\s|$)|\s+", RegexOptions.CultureInvariant)]
    private static partial Regex WordPattern();

    [GeneratedRegex(@"count to (\d{1,6})(?!\d)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex CountPattern();

    [GeneratedRegex(
        @"\bwhat('s| is)? (the )?time\b|\btime is it\b|\bthe time\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex TimePattern();
}
