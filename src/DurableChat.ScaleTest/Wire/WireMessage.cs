using System.IO.Hashing;
using System.Text;
using System.Text.Json;

namespace DurableChat.ScaleTest.Wire;

/// <summary>A message as a stream or the history has it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="PreviousId">The id of the message before it.</param>
/// <param name="Generation">The generation it ends; 0 for none.</param>
/// <param name="IsUser">True for a user's message.</param>
/// <param name="IsFinal">True for an answer after which the turn does not go on.</param>
/// <param name="Text">Its text, UTF-8.</param>
/// <param name="Reasoning">Its reasoning, UTF-8.</param>
internal sealed record WireMessage(
    long Id,
    long PreviousId,
    long Generation,
    bool IsUser,
    bool IsFinal,
    ReadOnlyMemory<byte> Text,
    ReadOnlyMemory<byte> Reasoning)
{
    /// <summary>Who speaks: <c>user</c>, <c>assistant</c> or <c>tool</c>.</summary>
    public string Role { get; init; } = "";

    /// <summary>Why it ends; null for users' messages and results.</summary>
    public string? FinishReason { get; init; }

    /// <summary>The ids of the tool calls in it, in order.</summary>
    public IReadOnlyList<string> Calls { get; init; } = [];

    /// <summary>The ids of the calls whose results are in it, in order.</summary>
    public IReadOnlyList<string> Results { get; init; } = [];

    /// <summary>What it cost, in tokens of input and output; zero if that is not known.</summary>
    public (long Input, long Output) Usage { get; init; }

    /// <summary>
    /// A hash of its JSON, however that is written: tool calls, results, usage and times too must be the same wherever
    /// the message is shown.
    /// </summary>
    public ulong JsonHash { get; init; }

    /// <summary>When the server decided on it, by the server's clock.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>A hash of all of it.</summary>
    public ulong Digest()
    {
        var hash = new XxHash64(Id);
        hash.Append(Text.Span);
        hash.Append([(byte)(IsUser ? 1 : 0)]);
        hash.Append(Reasoning.Span);
        hash.Append(BitConverter.GetBytes(JsonHash));
        return hash.GetCurrentHashAsUInt64();
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="KeyNotFoundException">A field is missing.</exception>
    /// <exception cref="InvalidOperationException">A field is of another type.</exception>
    public static WireMessage Read(JsonElement json)
    {
        var text = new StringBuilder();
        var reasoning = new StringBuilder();
        var calls = new List<string>();
        var results = new List<string>();
        foreach (var part in json.GetProperty("parts").EnumerateArray())
        {
            var type = part.GetProperty("type");
            if (type.ValueEquals("text"u8))
            {
                text.Append(part.GetProperty("text").GetString());
            }
            else if (type.ValueEquals("reasoning"u8))
            {
                reasoning.Append(part.GetProperty("text").GetString());
            }
            else if (type.ValueEquals("tool_call"u8) || type.ValueEquals("tool_result"u8))
            {
                (type.ValueEquals("tool_call"u8) ? calls : results).Add(part.GetProperty("call_id").GetString()!);
            }
        }

        var role = json.GetProperty("role");
        var hash = new XxHash64();
        Append(hash, json);
        return new WireMessage(
            json.GetProperty("id").GetInt64(),
            json.GetProperty("previous_id").GetInt64(),
            json.GetProperty("generation").GetInt64(),
            role.ValueEquals("user"u8),
            role.ValueEquals("assistant"u8) && !(json.TryGetProperty("finish_reason", out var reason)
                && (reason.ValueEquals("tool_calls"u8) || reason.ValueEquals("handed_over"u8))),
            Encoding.UTF8.GetBytes(text.ToString()),
            Encoding.UTF8.GetBytes(reasoning.ToString()))
        {
            CreatedAt = json.GetProperty("created_at").GetDateTimeOffset(),
            JsonHash = hash.GetCurrentHashAsUInt64(),
            Role = role.GetString()!,
            FinishReason = json.TryGetProperty("finish_reason", out var finish) ? finish.GetString() : null,
            Usage = json.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object
                ? (usage.GetProperty("input_tokens").GetInt64(), usage.GetProperty("output_tokens").GetInt64())
                : default,
            Calls = calls,
            Results = results,
        };
    }

    private static void Append(XxHash64 hash, JsonElement json)
    {
        // A null says as much as a member that is left out; texts count as what they mean, whatever was escaped.
        hash.Append([(byte)json.ValueKind]);
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in json.EnumerateObject()
                    .Where(member => member.Value.ValueKind != JsonValueKind.Null)
                    .OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    hash.Append(Encoding.UTF8.GetBytes(member.Name));
                    Append(hash, member.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in json.EnumerateArray())
                {
                    Append(hash, item);
                }

                break;
            case JsonValueKind.String:
                hash.Append(Encoding.UTF8.GetBytes(json.GetString()!));
                break;
            case JsonValueKind.Number:
                hash.Append(Encoding.UTF8.GetBytes(json.GetRawText()));
                break;
        }

        // Marks the end, so that what follows cannot pass for a part of it.
        hash.Append([0]);
    }
}
