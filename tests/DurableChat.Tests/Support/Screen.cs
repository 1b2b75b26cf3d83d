using System.Text;
using System.Text.Json;
using DurableChat.Chats;
using DurableChat.Feeds;
using Xunit;

namespace DurableChat.Tests.Support;

/// <summary>
/// A client, as plain as can be: it keeps what is on its screen by what the events say, and complains at once if they
/// break G1. It reads the bytes, as a real client
/// would, and shares no code with the server's delivery.
/// </summary>
internal sealed class Screen(long firstCursor = 0)
{
    private readonly StringBuilder _preview = new();
    private long _base = firstCursor;

    public List<long> Ids { get; } = [];

    public List<string> Texts { get; } = [];

    public string Preview => _preview.ToString();

    public string? Status { get; private set; }

    public long StatusVersion { get; private set; }

    public string? LastEventId { get; private set; }

    public int Resets { get; private set; }

    /// <summary>The models that were said to answer for another, in order.</summary>
    public List<string> Fallbacks { get; } = [];

    public List<string> Log { get; } = [];

    private long Generation { get; set; }

    private long Seq { get; set; }

    public Position Position => LastEventId is not null && Position.TryParse(LastEventId, out var position) ? position : default;

    /// <summary>A new connection begins with the present status, which may be one that was shown before.</summary>
    public void Reconnected() => StatusVersion = 0;

    public void Show(IEnumerable<StreamEvent> events)
    {
        foreach (var shown in events)
        {
            Show(shown);
        }
    }

    public void Show(StreamEvent shown)
    {
        var frame = Encoding.UTF8.GetString(shown.Frame.Span);
        Assert.EndsWith("\n\n", frame, StringComparison.Ordinal);
        var fields = frame.TrimEnd('\n').Split('\n').Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        Show(fields.GetValueOrDefault("id"), fields["event"], fields["data"]);
    }

    public void Show(string? id, string type, string data)
    {
        using var json = JsonDocument.Parse(data);
        var root = json.RootElement;
        Assert.Equal(type, root.GetProperty("type").GetString());
        Log.Add($"{type} {id}");
        LastEventId = id ?? LastEventId;
        switch (type)
        {
            case "message":
                ShowMessage(root.GetProperty("message"));
                break;
            case "message_part":
                ShowPart(root);
                break;
            case "status":
                var version = root.GetProperty("version").GetInt64();
                Assert.True(version > StatusVersion, $"Status of version {version} after {StatusVersion}.");
                StatusVersion = version;
                Status = root.GetProperty("status").GetString();
                if (root.TryGetProperty("fallback_model", out var fallback))
                {
                    Fallbacks.Add(fallback.GetString()!);
                }

                break;
            case "history_reset":
                Resets++;

                // The history before may be one that a failover has lost, with states of higher versions.
                StatusVersion = 0;
                _base = 0;
                Ids.Clear();
                Texts.Clear();
                ClearPreview();
                break;
            case "preview_reset":
                ClearPreview();
                break;
        }
    }

    private void ShowMessage(JsonElement message)
    {
        var id = message.GetProperty("id").GetInt64();
        Assert.Equal(Ids.Count == 0 ? _base : Ids[^1], message.GetProperty("previous_id").GetInt64());
        Assert.True(Ids.Count == 0 || id > Ids[^1]);
        Ids.Add(id);
        Texts.Add(string.Concat(message.GetProperty("parts").EnumerateArray().Select(part => part.TryGetProperty("text", out var text) ? text.GetString() : "#")));
        if (message.GetProperty("generation").GetInt64() is > 0 and var generation)
        {
            Assert.True(Seq == 0 || generation == Generation, "The parts on screen belong to another answer.");
            Assert.StartsWith(Preview, Texts[^1], StringComparison.Ordinal);
            Generation = generation;
            Seq = 0;
            _preview.Clear();
        }
    }

    private void ShowPart(JsonElement part)
    {
        var generation = part.GetProperty("generation").GetInt64();
        var first = part.GetProperty("first_seq").GetInt64();
        Assert.True(generation >= Generation, "A part of an answer that is over.");
        Assert.True(Seq == 0 || generation == Generation, "A part of another answer beside the old one.");
        Assert.Equal(Seq + 1, first);
        Generation = generation;
        Seq = part.GetProperty("seq").GetInt64();
        Assert.True(Seq >= first);
        _preview.Append(part.GetProperty("part").TryGetProperty("text", out var text) ? text.GetString() : "#");
    }


    private void ClearPreview()
    {
        _preview.Clear();
        Seq = 0;
    }
}
