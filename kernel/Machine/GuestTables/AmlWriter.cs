// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.GuestTables;

/// <summary>
/// Writes the few parts of AML that describe devices (ACPI 6.5, chapter 20): names, packages, devices.
/// </summary>
internal sealed class AmlWriter
{
    private const byte ZeroOp = 0x00;
    private const byte OneOp = 0x01;
    private const byte NameOp = 0x08;
    private const byte BytePrefix = 0x0A;
    private const byte WordPrefix = 0x0B;
    private const byte DWordPrefix = 0x0C;
    private const byte StringPrefix = 0x0D;
    private const byte QWordPrefix = 0x0E;
    private const byte ScopeOp = 0x10;
    private const byte BufferOp = 0x11;
    private const byte PackageOp = 0x12;
    private const byte ExtendedPrefix = 0x5B;
    private const byte DeviceOp = 0x82;
    private const byte RootPrefix = 0x5C;

    private readonly ByteWriter _bytes;

    public AmlWriter(ByteWriter bytes)
    {
        _bytes = bytes;
    }

    /// <summary>Begins <c>Scope (\name)</c>; ends with <see cref="End"/>, which takes the returned place.</summary>
    public int BeginScope(string name)
    {
        _ = _bytes.Write8(ScopeOp);
        int place = _bytes.Length;
        _ = _bytes.Write8(RootPrefix).WriteAscii(name);
        return place;
    }

    public int BeginDevice(string name)
    {
        _ = _bytes.Write8(ExtendedPrefix).Write8(DeviceOp);
        int place = _bytes.Length;
        _ = _bytes.WriteAscii(name);
        return place;
    }

    /// <summary>Begins a package of so many elements, 0 to 255.</summary>
    public int BeginPackage(int elements)
    {
        _ = _bytes.Write8(PackageOp);
        int place = _bytes.Length;
        _ = _bytes.Write8((byte)elements);
        return place;
    }

    /// <summary>
    /// Ends what began at <paramref name="place"/> by putting its length there, in as few bytes as it takes.
    /// </summary>
    public void End(int place)
    {
        // PkgLength counts itself: 6 bits in one byte, or 4 bits and 8 for each further byte (ACPI 6.5, 20.2.4).
        int content = _bytes.Length - place;
        int extra = content + 1 < 0x40 ? 0 : content + 2 < 0x1000 ? 1 : 2;
        int length = content + extra + 1;
        _bytes.Insert(place, extra + 1);
        if (extra == 0)
        {
            _bytes.Patch8(place, (byte)length);
            return;
        }

        _bytes.Patch8(place, (byte)((extra << 6) | (length & 0xF)));
        for (int i = 0; i < extra; i++)
        {
            _bytes.Patch8(place + 1 + i, (byte)(length >> (4 + (i * 8))));
        }
    }

    /// <summary>Begins <c>Name (name, ...)</c>: the object follows.</summary>
    public AmlWriter Name(string name)
    {
        _ = _bytes.Write8(NameOp).WriteAscii(name);
        return this;
    }

    public void Integer(ulong value)
    {
        _ = value switch
        {
            0 => _bytes.Write8(ZeroOp),
            1 => _bytes.Write8(OneOp),
            <= byte.MaxValue => _bytes.Write8(BytePrefix).Write8((byte)value),
            <= ushort.MaxValue => _bytes.Write8(WordPrefix).Write16((ushort)value),
            <= uint.MaxValue => _bytes.Write8(DWordPrefix).Write32((uint)value),
            _ => _bytes.Write8(QWordPrefix).Write64(value),
        };
    }

    public void Text(string text) => _ = _bytes.Write8(StringPrefix).WriteAscii(text).Write8(0);

    /// <summary>An identifier like <c>PNP0A03</c> packed into four bytes (ACPI 6.5, 19.6.37).</summary>
    public void EisaId(string id)
    {
        int letters = ((id[0] & 31) << 10) | ((id[1] & 31) << 5) | (id[2] & 31);
        uint digits = 0;
        for (int i = 3; i < 7; i++)
        {
            digits = (digits << 4) | (uint)(id[i] <= '9' ? id[i] - '0' : id[i] - 'A' + 10);
        }

        _ = _bytes.Write8(DWordPrefix).Write8((byte)(letters >> 8)).Write8((byte)letters);
        _ = _bytes.Write8((byte)(digits >> 8)).Write8((byte)digits);
    }

    /// <summary>A resource template.</summary>
    public void Resources(ResourceWriter resources)
    {
        _ = _bytes.Write8(BufferOp);
        int place = _bytes.Length;
        ByteWriter content = resources.Finish();
        Integer((ulong)content.Length);
        _ = _bytes.Write(content.Written);
        End(place);
    }
}
