using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace DurableChat.Bench.Running;

/// <summary>A Redis of the measurement's own, in memory, on a free port.</summary>
internal sealed class RedisProcess : IDisposable
{
    private const int PatienceSeconds = 10;
    private readonly Process _process;

    private RedisProcess(Process process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    public int Id => _process.Id;

    /// <summary>Starts it, and waits until it answers.</summary>
    /// <exception cref="TimeoutException">It does not.</exception>
    public static RedisProcess Start()
    {
        var port = FreePort();
        var start = new ProcessStartInfo("redis-server", [
            "--port",
            port.ToString(CultureInfo.InvariantCulture),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--maxclients",
            "15000",
            "--loglevel",
            "warning",
            "--dir",
            Path.GetTempPath(),
        ])
        {
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var began = Stopwatch.GetTimestamp();
        while (!Answers(port))
        {
            if (Stopwatch.GetElapsedTime(began).TotalSeconds > PatienceSeconds)
            {
                process.Kill();
                throw new TimeoutException("Redis did not start.");
            }
        }

        return new RedisProcess(process, port);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static bool Answers(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            Thread.Yield();
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
