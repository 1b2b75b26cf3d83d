using System.Text.Json;

namespace DurableChat.Fuzz.Tests;

/// <summary>Where the values and the members of a JSON text are. A text that is JSON only up to a place has a map of
/// what comes before it.</summary>
/// <param name="Values">Each value, objects and arrays included.</param>
/// <param name="Members">Each member of an object: its name and its value.</param>
/// <param name="Names">The names of members.</param>
internal sealed record JsonMap(IReadOnlyList<Range> Values, IReadOnlyList<Range> Members, IReadOnlyList<Range> Names)
{
    private const int MaxDepth = 256;

    /// <summary>Makes the map of a text.</summary>
    public static JsonMap Of(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = MaxDepth });
        var (values, members, names) = (new List<Range>(), new List<Range>(), new List<Range>());
        var open = new Stack<(int Start, int Name)>();
        var name = -1;
        try
        {
            while (reader.Read())
            {
                var start = (int)reader.TokenStartIndex;
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        name = start;
                        names.Add(start..(start + reader.ValueSpan.Length + 2));
                        continue;
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        open.Push((start, name));
                        name = -1;
                        continue;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        (start, name) = open.Pop();
                        break;
                }

                var end = (int)reader.BytesConsumed;
                values.Add(start..end);
                if (name >= 0)
                {
                    members.Add(name..end);
                    name = -1;
                }
            }
        }
        catch (JsonException)
        {
        }

        return new JsonMap(values, members, names);
    }
}
