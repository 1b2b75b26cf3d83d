using System.CommandLine;
using System.Text.Json;
using DurableChat.ScaleTest.Reporting;

namespace DurableChat.ScaleTest.Commands;

/// <summary>The command that sets reports side by side.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("reports")
        {
            Description = "Reports that --json wrote; ratios are to the first.",
            Arity = new ArgumentArity(2, 20),
        };
        var command = new Command("compare", "Prints reports side by side, with ratios.") { files };
        command.SetAction(parsed => Run(parsed.GetValue(files)!));
        return command;
    }

    private static int Run(IReadOnlyList<string> files)
    {
        var reports = new List<(string, ScaleReport)>();
        foreach (var file in files)
        {
            try
            {
                var report = JsonSerializer.Deserialize<ScaleReport>(File.ReadAllText(file), ScaleReport.Json);
                if (report?.FormatVersion != ScaleReport.CurrentVersion)
                {
                    Console.Error.WriteLine(
                        $"durablechat: '{file}' is a report of format version {report?.FormatVersion}; this program "
                            + $"reads {ScaleReport.CurrentVersion}.");
                    return ScaleTestRun.NotRun;
                }

                reports.Add((Path.GetFileNameWithoutExtension(file), report));
            }
            catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException
                or ArgumentException)
            {
                Console.Error.WriteLine($"durablechat: '{file}' is no report: {exception.Message}");
                return ScaleTestRun.NotRun;
            }
        }

        Tables.Print(Tables.Compare(reports));
        return ScaleTestRun.Clean;
    }
}
