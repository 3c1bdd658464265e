// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.Config;

/// <summary>
/// The processors of a guest and its share of the real ones. What one guest on one processor gets anyway (a weight, a
/// reserve) is accepted; what would have to be kept and isn't yet (a cap, another processor) is refused.
/// </summary>
internal sealed partial class VmSection
{
    private const int MaximumCpus = 64;
    private const int MaximumProcessor = 255;
    private const int MinimumTimestamp = 100_000;
    private const int MaximumTimestamp = 10_000_000;

    private void ReadProcessors()
    {
        int cpus = ReadCpus();
        _config.Weight = _reader.ReadNumber("weight", 1, 10000, 100, out _);
        _config.Reserve = _reader.ReadNumber("reserve", 0, 100, 0, out _);
        _config.TimestampKilohertz = _reader.ReadNumber("tsc_khz", MinimumTimestamp, MaximumTimestamp, 0, out _);
        int cap = _reader.ReadNumber("cap", 1, 100, 100, out TomlEntry? capEntry);
        if (cap < 100 && capEntry != null)
        {
            const string Later = "limits on processor time come in a later version; leave the key out";
            _reader.Report(ConfigErrorKind.LaterCap, capEntry, Later);
        }

        const string PinExpected = "an array of processor numbers is expected; for example: pin = [0]";
        TomlEntry? pin = _reader.Find("pin", TomlKind.Array, PinExpected);
        if (pin != null)
        {
            CheckPin(pin, cpus);
        }

        bool exclusive = _reader.ReadBoolean("exclusive", false, out TomlEntry? exclusiveEntry);
        if (exclusive && _table.Find("pin") == null)
        {
            _reader.Report(ConfigErrorKind.OptionNeedsPin, exclusiveEntry!, "only together with pin");
        }
        else if (exclusive)
        {
            const string Later = "processors of its own for a guest come in a later version; leave the key out";
            _reader.Report(ConfigErrorKind.LaterExclusive, exclusiveEntry!, Later);
        }

        _config.Cpus = cpus;
    }

    private int ReadCpus()
    {
        const string Expected = "a whole number without quotes is expected; allowed: 1";
        TomlEntry? entry = _reader.Find("cpus", TomlKind.Integer, Expected);
        if (entry == null || entry.Value.Integer == 1)
        {
            return 1;
        }

        if (entry.Value.Integer is < 1 or > MaximumCpus)
        {
            _reader.Report(ConfigErrorKind.OutOfRange, entry, "out of range; allowed: 1");
            return 1;
        }

        const string Later = "this version gives a guest one processor; several come in a later version";
        _reader.Report(ConfigErrorKind.LaterProcessors, entry, Later);
        return (int)entry.Value.Integer;
    }

    private void CheckPin(TomlEntry pin, int cpus)
    {
        bool later = false;
        for (TomlValue? item = pin.Value.FirstItem; item != null; item = item.Next)
        {
            if (item.Kind != TomlKind.Integer)
            {
                _reader.Report(ConfigErrorKind.WrongType, pin, "numbers are expected; for example: pin = [0]");
                return;
            }

            if (item.Integer is < 0 or > MaximumProcessor)
            {
                _reader.Report(ConfigErrorKind.OutOfRange, pin, item.Source + " is out of range; allowed: 0 to 255");
                return;
            }

            if (IsRepeated(pin.Value, item))
            {
                _reader.Report(ConfigErrorKind.DuplicateProcessor, pin, item.Source + " stands there twice");
                return;
            }

            later |= item.Integer != 0;
        }

        if (pin.Value.Count != cpus)
        {
            TextBuilder text = new TextBuilder().Append("one number for each virtual processor is expected, so ");
            _reader.Report(ConfigErrorKind.PinCount, pin, text.Append(cpus).ToString());
        }
        else if (later)
        {
            const string Later = "this version runs guests on processor 0; others come in a later version";
            _reader.Report(ConfigErrorKind.LaterPin, pin, Later);
        }
    }

    private static bool IsRepeated(TomlValue array, TomlValue item)
    {
        for (TomlValue? other = array.FirstItem; other != item && other != null; other = other.Next)
        {
            if (other.Integer == item.Integer)
            {
                return true;
            }
        }

        return false;
    }
}
