namespace DurableChat.ScaleTest.Measuring;

/// <summary>One reading of all replicas' metrics.</summary>
internal sealed record ServerReading
{
    public required PrometheusText Text { get; init; }

    public double InitialReads => Text.Sum("durablechat_message_reads_total", "reason=\"initial\"");

    public double CatchUpReads => Text.Sum("durablechat_message_reads_total", "reason=\"catch_up\"");

    public double RemoteReads => Text.Sum("durablechat_message_reads_total", "reason=\"remote_catch_up\"");

    public double FullRefreshReads => Text.Sum("durablechat_message_reads_total", "reason=\"full_refresh\"");

    public double WindowHits => Text.Sum("durablechat_window_hits_total");

    public double WindowMisses => Text.Sum("durablechat_window_misses_total");

    public double InlineHits => Text.Sum("durablechat_notifications_inline_total");

    /// <summary>Statements without those of checkpoints, whose number does not depend on turns.</summary>
    public double Statements => Text.Sum("durablechat_store_statements_total") - CheckpointStatements;

    /// <summary>Statements that store parts of answers in flight.</summary>
    public double CheckpointStatements => Text.Sum("durablechat_store_statements_total", "operation=\"checkpoint\"");

    /// <summary>Statements that commits are made of.</summary>
    public double CommitStatements => Text.Sum("durablechat_store_statements_total", "operation=\"commit\"");

    /// <summary>Reads of what the model is given.</summary>
    public double WorkerReads => Text.Sum("durablechat_message_reads_total", "reason=\"worker\"");

    /// <summary>What feeds hold.</summary>
    public double FeedBytes => Text.Sum("durablechat_feeds_bytes");

    public double Commits => Text.Sum("durablechat_store_commits_total", "result=\"committed\"");

    /// <summary>Of all replicas together.</summary>
    public double PoolMax => Text.Sum("durablechat_store_pool_max");

    public double PoolInUse => Text.Sum("durablechat_store_pool_in_use");

    public double PoolPeak => Text.Sum("durablechat_store_pool_peak");

    public double Streams => Text.Sum("durablechat_streams_active");

    /// <summary>CPU time as the servers count it themselves, for those that run elsewhere.</summary>
    public double CpuSeconds => Text.Sum("dotnet_process_cpu_time_seconds_total");

    /// <summary>Memory as the servers count it themselves, for those that run elsewhere.</summary>
    public double Bytes => Text.Sum("dotnet_process_memory_working_set_bytes");

    public SortedDictionary<double, double> CommitToDelivery => Text.Buckets("durablechat_commit_to_delivery_seconds");

    public SortedDictionary<double, double> PoolWait => Text.Buckets("durablechat_store_pool_wait_seconds");
}
