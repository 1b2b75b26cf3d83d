using System.Text.Json;

namespace DurableChat.Bench.Reporting;

/// <summary>
/// Keeps the figures of each part in a file, so that the goals can be judged when only some parts ran again.
/// </summary>
internal static class Figures
{
    private static readonly JsonSerializerOptions _indented = new() { WriteIndented = true };
    private static readonly string _folder = Path.Combine(".build", "bench");

    public static void Save(string part, IReadOnlyDictionary<string, double> figures)
    {
        Directory.CreateDirectory(_folder);
        File.WriteAllText(FileOf(part), JsonSerializer.Serialize(figures, _indented));
    }

    /// <summary>All parts' figures that there are.</summary>
    public static IReadOnlyDictionary<string, double> Load() => Directory.Exists(_folder)
        ? Directory.EnumerateFiles(_folder, "*.json")
            .SelectMany(file => JsonSerializer.Deserialize<Dictionary<string, double>>(File.ReadAllText(file))!)
            .ToDictionary(StringComparer.Ordinal)
        : new Dictionary<string, double>();

    private static string FileOf(string part) => Path.Combine(_folder, part + ".json");
}
