using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using DurableChat.Chats;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>
/// Writes chunks of the AI SDK's UI message stream as Server-Sent Events. Clients reject a stream with an unknown chunk
/// type, and early releases of each version also reject unknown fields. So this uses only what <c>ai</c> 5.0.0 knows.
/// Not thread-safe.
/// </summary>
internal sealed class UiChunkWriter : IDisposable
{
    /// <summary>The maximum text in one chunk, in UTF-16 code units. Frames of megabytes break proxies.</summary>
    private const int MaxDelta = 16 * 1024;

    /// <summary>The memory that a stream keeps between chunks, in bytes.</summary>
    private const int MaxKept = 32 * 1024;

    private readonly Utf8JsonWriter _json;
    private ArrayBufferWriter<byte> _buffer = new();

    public UiChunkWriter() => _json = new Utf8JsonWriter(
        _buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>The bytes written since <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.WrittenMemory;

    public void Clear()
    {
        if (_buffer.Capacity > MaxKept)
        {
            _buffer = new ArrayBufferWriter<byte>();
        }

        _buffer.ResetWrittenCount();
    }

    /// <summary>Begins an answer. Without an id it continues the client's last message.</summary>
    public void Start(string? messageId) => Chunk("start", json =>
    {
        if (messageId is not null)
        {
            json.WriteString("messageId"u8, messageId);
        }
    });

    public void StartStep() => Chunk("start-step");

    public void FinishStep() => Chunk("finish-step");

    public void Begin(string kind, string id) => Chunk($"{UiPart.TypeOf(kind)}-start", json =>
    {
        json.WriteString("id"u8, id);
        if (kind == UiPart.Refusal)
        {
            UiPart.WriteRefusalMark(json);
        }
    });

    public void Delta(string kind, string id, ReadOnlySpan<char> text)
    {
        while (text.Length > 0)
        {
            var length = Math.Min(text.Length, MaxDelta);
            length -= length < text.Length && char.IsHighSurrogate(text[length - 1]) ? 1 : 0;
            Open($"{UiPart.TypeOf(kind)}-delta");
            _json.WriteString("id"u8, id);
            _json.WriteString("delta"u8, text[..length]);
            Close();
            text = text[length..];
        }
    }

    public void End(string kind, string id) =>
        Chunk($"{UiPart.TypeOf(kind)}-end", json => json.WriteString("id"u8, id));

    public void Source(SourcePart source, string id) =>
        Chunk("source-url", json => UiPart.WriteMembers(json, source, id));

    /// <summary>A file, in one chunk of any size: clients cannot receive a file in pieces.</summary>
    public void File(FilePart file) => Chunk("file", json => UiPart.WriteMembers(json, file));

    /// <summary>A call. The client does not run calls that the server answers.</summary>
    public void ToolInput(ToolCallPart call, bool isForClient) => Chunk("tool-input-available", json =>
    {
        json.WriteString("toolCallId"u8, call.CallId);
        json.WriteString("toolName"u8, call.Name);
        json.WritePropertyName("input"u8);
        ToolValue.Write(json, call.Arguments);
        if (!isForClient)
        {
            json.WriteBoolean("providerExecuted"u8, true);
        }
    });

    /// <summary>
    /// A call that the client has already answered. Sent as a normal call, the client would run it again.
    /// </summary>
    public void AnsweredToolInput(ToolCallPart call)
    {
        Chunk("tool-input-start", json =>
        {
            json.WriteString("toolCallId"u8, call.CallId);
            json.WriteString("toolName"u8, call.Name);
        });
        Chunk("tool-input-delta", json =>
        {
            json.WriteString("toolCallId"u8, call.CallId);
            json.WriteString("inputTextDelta"u8, call.Arguments);
        });
    }

    public void ToolOutput(ToolResultPart result) =>
        Chunk(result.IsError ? "tool-output-error" : "tool-output-available", json =>
        {
            json.WriteString("toolCallId"u8, result.CallId);
            if (result.IsError)
            {
                json.WriteString("errorText"u8, result.Result);
                return;
            }

            json.WritePropertyName("output"u8);
            ToolValue.Write(json, result.Result);
        });

    /// <summary>
    /// A data part of this server. Unless it is transient, it becomes a part of the client's message.
    /// </summary>
    public void Data(string name, bool isTransient, Action<Utf8JsonWriter> write) => Chunk($"data-{name}", json =>
    {
        json.WriteStartObject("data"u8);
        write(json);
        json.WriteEndObject();
        if (isTransient)
        {
            json.WriteBoolean("transient"u8, true);
        }
    });

    /// <summary>
    /// Ends an answer. The chunk of <c>ai</c> 5.0.0 has no field for the reason, so the reason is sent as metadata.
    /// </summary>
    /// <param name="reason">Why the answer ended, in the client's terms; null for a normal end.</param>
    public void Finish(string? reason) => Chunk("finish", json =>
    {
        if (reason is not null)
        {
            UiPart.WriteReason(json, "messageMetadata"u8, reason);
        }
    });

    public void Abort() => Chunk("abort");

    public void Error(string text) => Chunk("error", json => json.WriteString("errorText"u8, text));

    /// <summary>Ends the stream. The connection must close after it.</summary>
    public void Done() => _buffer.Write("data: [DONE]\n\n"u8);

    public void Dispose() => _json.Dispose();

    private void Chunk(string type, Action<Utf8JsonWriter>? write = null)
    {
        Open(type);
        write?.Invoke(_json);
        Close();
    }

    private void Open(string type)
    {
        _buffer.Write("data: "u8);
        _json.Reset(_buffer);
        _json.WriteStartObject();
        _json.WriteString("type"u8, type);
    }

    private void Close()
    {
        _json.WriteEndObject();
        _json.Flush();
        _buffer.Write("\n\n"u8);
    }
}
