using System.Globalization;
using System.Text.Json;

namespace DurableChat.Lab.Chaos;

/// <summary>What answers cost, in tokens.</summary>
/// <param name="Input">Tokens of input.</param>
/// <param name="Output">Tokens of output.</param>
internal readonly record struct Cost(long Input, long Output)
{
    /// <summary>True for nothing.</summary>
    public bool IsZero => this == default;

    public static Cost operator +(Cost one, Cost other) => new(one.Input + other.Input, one.Output + other.Output);

    public static Cost operator -(Cost one, Cost other) => new(one.Input - other.Input, one.Output - other.Output);

    /// <summary>The sum of several.</summary>
    public static Cost Sum(IEnumerable<Cost> costs) => costs.Aggregate(default(Cost), (sum, cost) => sum + cost);

    /// <summary>Reads the member <c>usage</c> of a chat or of a message; zero if it has none.</summary>
    public static Cost Read(JsonElement json) =>
        json.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object
            ? ReadTokens(usage)
            : default;

    /// <summary>Reads the counts of an entry of usage.</summary>
    public static Cost ReadTokens(JsonElement usage) =>
        new(usage.GetProperty("input_tokens").GetInt64(), usage.GetProperty("output_tokens").GetInt64());

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Input} + {Output}");
}
