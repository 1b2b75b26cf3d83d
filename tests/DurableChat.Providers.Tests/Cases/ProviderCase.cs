using System.Globalization;
using System.Net;
using System.Text.Json;

namespace DurableChat.Providers.Tests.Cases;

/// <summary>The bytes of a provider's answer, and what is to be made of them.</summary>
internal sealed record ProviderCase(string File, string Wire, JsonElement Expect, int? Split, string? Type)
{
    private static readonly string _folder = Path.Combine(AppContext.BaseDirectory, "Cases");

    /// <summary>All cases.</summary>
    public static IReadOnlyList<ProviderCase> All { get; } =
    [
        .. System.IO.File.ReadLines(Path.Combine(_folder, "cases.jsonl")).Where(line => line.Length > 0).Select(line =>
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement.Clone();
            return new ProviderCase(
                root.GetProperty("file").GetString()!,
                root.GetProperty("wire").GetString()!,
                root.GetProperty("expect"),
                root.TryGetProperty("split", out var split) ? split.GetInt32() : null,
                root.TryGetProperty("type", out var type) ? type.GetString() : null);
        }),
    ];

    /// <summary>The wire that is to read it.</summary>
    public ProviderWire ProviderWire => (Wire == "http" ? Path.GetFileName(File).Split('-')[0] : Wire) switch
    {
        "chat" => ProviderWire.Chat,
        "responses" => ProviderWire.Responses,
        _ => ProviderWire.Messages,
    };

    /// <summary>The answer to a request.</summary>
    public HttpResponseMessage Response(DateTimeOffset now)
    {
        var bytes = System.IO.File.ReadAllBytes(Path.Combine(_folder, File));
        if (Wire != "http")
        {
            var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new PiecewiseStream(bytes, Split ?? int.MaxValue)) };
            response.Content.Headers.TryAddWithoutValidation("Content-Type", Type ?? "text/event-stream");
            return response;
        }

        var text = System.Text.Encoding.UTF8.GetString(bytes);
        var (head, body) = text.IndexOf("\n\n", StringComparison.Ordinal) is var end and >= 0 ? (text[..end], text[(end + 2)..]) : (text, "");
        var lines = head.Split('\n');
        var refused = new HttpResponseMessage((HttpStatusCode)int.Parse(lines[0], CultureInfo.InvariantCulture)) { Content = new StringContent(body) };
        foreach (var line in lines.Skip(1))
        {
            var (name, value) = (line[..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim());
            value = value.StartsWith("@+", StringComparison.Ordinal) ? now.AddSeconds(int.Parse(value[2..], CultureInfo.InvariantCulture)).ToString("R", CultureInfo.InvariantCulture) : value;
            refused.Headers.TryAddWithoutValidation(name, value);
        }

        return refused;
    }
}
