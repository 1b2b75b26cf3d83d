using System.Text.Json;
using System.Text.Json.Nodes;
using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Providers.Http;

namespace DurableChat.Providers.Messages;

/// <summary>A prompt as content blocks. Immutable once built.</summary>
internal sealed class MessagesPrompt
{
    /// <summary>
    /// Hosts that do not bind thinking to the preceding messages, but refuse an answer that has calls without thinking.
    /// </summary>
    private static readonly string[] _unbound =
    [
        "deepseek.com", "moonshot.ai", "moonshot.cn", "kimi.com", "minimax.io", "minimaxi.com", "z.ai", "bigmodel.cn",
    ];

    private readonly SentCallIds _callIds = new();
    private readonly List<string> _system = [];
    private readonly List<PromptEntry> _entries = [];

    private MessagesPrompt()
    {
    }

    /// <summary>The system prompts.</summary>
    public IReadOnlyList<string> System => _system;

    /// <summary>The tools, each a JSON text.</summary>
    public IReadOnlyList<string> Tools { get; private init; } = [];

    /// <summary>
    /// True if the tools only declare the calls in the history: the API refuses calls without declared tools, even if
    /// no tool may be called any more.
    /// </summary>
    public bool AreToolsPast { get; private init; }

    /// <summary>The entries in order.</summary>
    public IReadOnlyList<PromptEntry> Entries => _entries;

    /// <summary>The hash of all of it.</summary>
    public string Prefix { get; private set; } = "";

    /// <summary>
    /// True if the present turn began with an answer whose thinking is not sent back, or that had none.
    /// </summary>
    public bool LacksThinking => _entries.Skip(_entries.FindLastIndex(entry => entry.Speaker == PromptSpeaker.User) + 1)
        .FirstOrDefault(entry => entry.Speaker == PromptSpeaker.Assistant) is { } first && !first.Blocks[0].IsThinking;

    /// <summary>Builds it.</summary>
    public static MessagesPrompt Build(Provider provider, ModelRequest request)
    {
        string[] offered = request.Settings.Tools == false ? [] : [.. request.Tools.Select(MessagesTools.Write)];
        string[] past = offered.Length > 0 ? [] : [.. PastCalls(request).Select(MessagesTools.WritePast)];
        var prompt = new MessagesPrompt { Tools = [.. offered, .. past], AreToolsPast = past.Length > 0 };
        var system = request.Prompt.OfType<SystemItem>().Select(item => item.Text);
        prompt._system.AddRange(system.Where(text => !string.IsNullOrWhiteSpace(text)));
        using var hash = new PrefixHash();
        prompt._system.ForEach(hash.Add);
        hash.Add("");
        foreach (var tool in prompt.Tools)
        {
            hash.Add(tool);
        }

        hash.Add("");
        var isUnbound = _unbound.Any(
            host => $".{provider.Name}".EndsWith($".{host}", StringComparison.OrdinalIgnoreCase));
        foreach (var item in request.Prompt)
        {
            if (prompt.EntryOf(item, provider, request) is { Blocks.Count: > 0 } entry)
            {
                var prefix = (item as AssistantItem)?.Message.Replay?.Prefix;
                prompt._entries.Add(entry with { IsBound = isUnbound || prefix == hash.Present });
                hash.Add(entry);
            }
        }

        prompt.Prefix = hash.Present;
        prompt.LeaveOutUnbound();
        return prompt;
    }

    /// <summary>The names of the tools that the history has called.</summary>
    private static IEnumerable<string> PastCalls(ModelRequest request) => request.Prompt.OfType<AssistantItem>()
        .SelectMany(item => item.Message.Parts.OfType<ToolCallPart>())
        .Select(call => call.Name)
        .Distinct(StringComparer.Ordinal);

    /// <summary>
    /// Removes thinking from all answers up to the newest one whose thinking was made for other preceding messages. A
    /// history may lack its oldest thinking, but must not have a gap in the middle.
    /// </summary>
    private void LeaveOutUnbound()
    {
        var last = _entries.FindLastIndex(entry => entry is { HasThinking: true, IsBound: false });
        for (var place = last; place >= 0; place--)
        {
            _entries[place] = _entries[place].WithoutThinking();
        }

        _entries.RemoveAll(entry => entry.Blocks.Count == 0);
    }

    private PromptEntry? EntryOf(PromptItem item, Provider provider, ModelRequest request) => item switch
    {
        InstructionItem instruction => new PromptEntry(
            PromptSpeaker.Host, [Own(Text($"<system-reminder>\n{instruction.Text}\n</system-reminder>"))]),
        UserItem user => new PromptEntry(
            PromptSpeaker.User, [.. user.Parts.Select(Content).OfType<JsonObject>().Select(Own)]),
        AssistantItem { Message: var message } => new PromptEntry(
            PromptSpeaker.Assistant,
            provider.ReplayOf(message, request) is { } replay ? Exactly(replay) : FromParts(message)),
        ToolResultsItem { Results: var results } => new PromptEntry(
            PromptSpeaker.Tools, [.. results.Select(Result).Select(Own)]),
        _ => null,
    };

    private static (string Json, bool IsThinking) Own(JsonNode block) => (ProviderJson.Write(block), false);

    private static JsonObject Text(string text) => new() { ["type"] = "text", ["text"] = text };

    private static JsonObject? Content(MessagePart part) => part switch
    {
        TextPart text => string.IsNullOrWhiteSpace(text.Text) ? null : Text(text.Text),
        FilePart file when file.MediaType.StartsWith("image/", StringComparison.Ordinal) => File("image", file),
        FilePart { MediaType: "application/pdf" } file => File("document", file),
        _ => null,
    };

    private static JsonObject File(string type, FilePart file) => new()
    {
        ["type"] = type,
        ["source"] = new JsonObject { ["type"] = "base64", ["media_type"] = file.MediaType, ["data"] = file.Data },
    };

    private List<(string, bool)> Exactly(Replay replay)
    {
        _callIds.BeginAnswer();
        var blocks = new List<(string, bool)>(replay.Items.Count);
        foreach (var item in replay.Items)
        {
            using var json = JsonDocument.Parse(item);
            var type = json.RootElement.Text("type");
            if (type == "tool_use")
            {
                _callIds.Keep(json.RootElement.Text("id") ?? "");
            }

            blocks.Add((item, type is "thinking" or "redacted_thinking"));
        }

        return blocks;
    }

    private List<(string, bool)> FromParts(Message message)
    {
        _callIds.BeginAnswer();
        var blocks = new List<(string, bool)>();
        foreach (var part in message.Parts)
        {
            switch (part)
            {
                case TextPart text when !string.IsNullOrWhiteSpace(text.Text):
                    blocks.Add(Own(Text(text.Text)));
                    break;
                case RefusalPart refusal when !string.IsNullOrWhiteSpace(refusal.Text):
                    blocks.Add(Own(Text(refusal.Text)));
                    break;
                case ToolCallPart call:
                    blocks.Add(Own(new JsonObject
                    {
                        ["type"] = "tool_use",
                        ["id"] = _callIds.Make(call.CallId),
                        ["name"] = call.Name,
                        ["input"] = RawJson.Node(RawJson.IsObject(call.Arguments) ? call.Arguments : "{}"),
                    }));
                    break;
            }
        }

        return blocks;
    }

    private JsonObject Result(ToolResultPart result, int place)
    {
        // A failure without a text is refused.
        var content = result.IsError && string.IsNullOrWhiteSpace(result.Result) ? "The tool failed." : result.Result;
        var block = new JsonObject
        {
            ["type"] = "tool_result",
            ["tool_use_id"] = _callIds.At(place) ?? result.CallId,
            ["content"] = content,
        };
        block.AddIfAny("is_error", result.IsError ? JsonValue.Create(true) : null);
        return block;
    }
}
