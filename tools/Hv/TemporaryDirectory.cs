// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;

namespace Hypervisor.Tool;

/// <summary>
/// A folder of one run, removed when the run ends. Its name carries the process that made it, so that what a killed run
/// left behind is found and removed by the next one.
/// </summary>
internal sealed class TemporaryDirectory : IDisposable
{
    private const string Prefix = "hv-";

    public TemporaryDirectory()
    {
        RemoveAbandoned();
        FullName =
            Directory.CreateTempSubdirectory(FormattableString.Invariant($"{Prefix}{Environment.ProcessId}-")).FullName;
    }

    public string FullName { get; }

    public string File(string name) => Path.Combine(FullName, name);

    public void Dispose() => TryDelete(FullName);

    private static void RemoveAbandoned()
    {
        foreach (string folder in Directory.EnumerateDirectories(Path.GetTempPath(), Prefix + "*-*"))
        {
            string[] parts = Path.GetFileName(folder).Split('-');
            if (parts.Length == 3 && int.TryParse(parts[1], CultureInfo.InvariantCulture, out int process)
                && !IsAlive(process))
            {
                TryDelete(folder);
            }
        }
    }

    private static bool IsAlive(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static void TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Another run was quicker, or it belongs to somebody else.
        }
    }
}
