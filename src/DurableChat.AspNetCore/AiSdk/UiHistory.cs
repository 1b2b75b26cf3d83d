using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using DurableChat.Chats;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>
/// Writes a history as an AI SDK client keeps it: the same messages that the client would have after following each
/// turn. For one history; not thread-safe.
/// </summary>
internal sealed class UiHistory : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Utf8JsonWriter _json;
    private readonly IReadOnlySet<string> _clientTools;

    private UiHistory(IReadOnlySet<string> clientTools)
    {
        _clientTools = clientTools;
        _json = new Utf8JsonWriter(
            _buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    /// <summary>A history without messages.</summary>
    public static ReadOnlyMemory<byte> Empty { get; } = """{"messages":[]}"""u8.ToArray();

    /// <summary>
    /// Writes a page as one JSON object. Turns whose beginning is not in the page are omitted. So is the answer in
    /// flight, which the client follows as a stream.
    /// </summary>
    /// <param name="page">Stored messages.</param>
    /// <param name="chat">The chat's state when they were read.</param>
    /// <param name="isNewest">True if the page is the end of the history.</param>
    public static ReadOnlyMemory<byte> Write(IReadOnlyList<Message> page, Chat chat, bool isNewest)
    {
        var messages = page.SkipWhile(message => message.Role != MessageRole.User).ToList();
        var last = messages.FindLastIndex(message => message.Role == MessageRole.User);
        if (isNewest && chat.NeedsWorker && last >= 0)
        {
            messages.RemoveRange(last + 1, messages.Count - last - 1);
        }

        using var history = new UiHistory(chat.ClientTools.Select(tool => tool.Name).ToHashSet(StringComparer.Ordinal));
        history.Write(messages, messages is [{ PreviousId: > 0 } first, ..] ? first.Id : null);
        return history._buffer.WrittenMemory;
    }

    public void Dispose() => _json.Dispose();

    private void Write(List<Message> messages, long? beforeId)
    {
        _json.WriteStartObject();
        _json.WriteStartArray("messages"u8);
        for (var i = 0; i < messages.Count;)
        {
            var user = messages[i++];
            BeginMessage(AiSdkIds.OfUser(user.Id), "user");
            foreach (var text in user.Parts.OfType<TextPart>())
            {
                WriteText("text", text.Text, isAnswer: false);
            }

            EndMessage();
            var turn = new List<Message>();
            for (; i < messages.Count && messages[i].Role != MessageRole.User; i++)
            {
                turn.Add(messages[i]);
            }

            WriteTurn(user.Id, turn);
        }

        _json.WriteEndArray();
        if (beforeId is { } id)
        {
            _json.WriteNumber("before_id"u8, id);
        }

        _json.WriteEndObject();
        _json.Flush();
    }

    private void WriteTurn(long userMessageId, List<Message> turn)
    {
        if (!turn.Exists(message => message.Role == MessageRole.Assistant))
        {
            return;
        }

        BeginMessage(AiSdkIds.OfTurn(userMessageId), "assistant");
        foreach (var (index, answer) in turn.Index().Where(step => step.Item.Role == MessageRole.Assistant))
        {
            // Only results of this step: an id may occur again in another step.
            var results = turn.Skip(index + 1)
                .TakeWhile(message => message.Role == MessageRole.Tool)
                .SelectMany(message => message.Parts.OfType<ToolResultPart>())
                    .DistinctBy(result => result.CallId).ToDictionary(result => result.CallId, StringComparer.Ordinal);
            WriteStep(answer, results);
        }

        EndMessage(turn[^1].Role == MessageRole.Assistant ? UiPart.ReasonOf(turn[^1].FinishReason) : null);
    }

    private void WriteStep(Message answer, Dictionary<string, ToolResultPart> results)
    {
        Write("step-start", static _ => { });
        var sources = 0;
        foreach (var part in answer.Parts)
        {
            switch (part)
            {
                case ToolCallPart call:
                    WriteCall(call, results.GetValueOrDefault(call.CallId));
                    break;
                case SourcePart source:
                    var id = UiPart.SourceId(answer.Generation, ++sources);
                    Write("source-url", json => UiPart.WriteMembers(json, source, id));
                    break;
                case FilePart file:
                    Write("file", json => UiPart.WriteMembers(json, file));
                    break;
                case ProviderToolPart tool:
                    WriteData(UiPart.ProviderTool, json => UiPart.WriteMembers(json, tool));
                    break;
                case UnknownPart unknown:
                    WriteData(UiPart.Unknown, json => UiPart.WriteMembers(json, unknown));
                    break;
                default:
                    WriteTextPart(part);
                    break;
            }
        }
    }

    private void WriteTextPart(MessagePart part)
    {
        if (UiPart.KindOf(part) is { } kind && UiPart.TextOf(part) is { } text)
        {
            WriteText(UiPart.TypeOf(kind), text, isAnswer: true, isRefusal: kind == UiPart.Refusal);
        }
    }

    private void WriteText(string type, string text, bool isAnswer, bool isRefusal = false) => Write(type, json =>
    {
        json.WriteString("text"u8, text);
        if (isRefusal)
        {
            UiPart.WriteRefusalMark(json);
        }

        if (isAnswer)
        {
            json.WriteString("state"u8, "done"u8);
        }
    });

    private void WriteData(string name, Action<Utf8JsonWriter> members) => Write($"data-{name}", json =>
    {
        json.WriteStartObject("data"u8);
        members(json);
        json.WriteEndObject();
    });

    private void Write(string type, Action<Utf8JsonWriter> members)
    {
        _json.WriteStartObject();
        _json.WriteString("type"u8, type);
        members(_json);
        _json.WriteEndObject();
    }

    private void WriteCall(ToolCallPart call, ToolResultPart? result)
    {
        _json.WriteStartObject();
        _json.WriteString("type"u8, $"tool-{call.Name}");
        _json.WriteString("toolCallId"u8, call.CallId);
        _json.WriteString(
            "state"u8, result is null ? "input-available"u8 : result.IsError ? "output-error"u8 : "output-available"u8);
        _json.WritePropertyName("input"u8);
        ToolValue.Write(_json, call.Arguments);
        if (result is { IsError: true })
        {
            _json.WriteString("errorText"u8, result.Result);
        }
        else if (result is not null)
        {
            _json.WritePropertyName("output"u8);
            ToolValue.Write(_json, result.Result);
        }

        if (!_clientTools.Contains(call.Name))
        {
            _json.WriteBoolean("providerExecuted"u8, true);
        }

        _json.WriteEndObject();
    }

    private void BeginMessage(string id, string role)
    {
        _json.WriteStartObject();
        _json.WriteString("id"u8, id);
        _json.WriteString("role"u8, role);
        _json.WriteStartArray("parts"u8);
    }

    private void EndMessage(string? reason = null)
    {
        _json.WriteEndArray();
        if (reason is not null)
        {
            UiPart.WriteReason(_json, "metadata"u8, reason);
        }

        _json.WriteEndObject();
    }
}
