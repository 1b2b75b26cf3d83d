namespace DurableChat.ScaleTest.Running;

/// <summary>
/// Starts programs that stand for what runs on other machines: they get the processor only when others leave it.
/// </summary>
internal static class LowPriority
{
    private const string Nice = "/usr/bin/nice";

    /// <summary>
    /// What to start instead of a program, in a session of its own. Where the system has no <c>nice</c>, the program.
    /// Where Linux groups processes by session, <c>nice</c> counts only within one; the session's own value counts
    /// between them.
    /// </summary>
    public static string[] Of(string[] program) =>
        File.Exists(Nice)
            ? [
                "/bin/sh",
                "-c",
                $"(echo 19 > /proc/self/autogroup) 2>/dev/null; exec {Nice} -n 19 \"$@\"",
                "sh",
                .. program,
            ]
            : program;
}
