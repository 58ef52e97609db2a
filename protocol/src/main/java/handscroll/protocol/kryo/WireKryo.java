package handscroll.protocol.kryo;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.Registration;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import com.esotericsoftware.kryo.util.DefaultClassResolver;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes a Kryo that knows {@link WireTypes} and refuses every other class. Not for two threads at once. */
final class WireKryo {

    /** Deeper than any message; ends a message of lists in lists in lists before the stack does. */
    private static final int MAX_DEPTH = 16;

    static Kryo create(ActorRefResolver actors) {
        var kryo = new Kryo(new KindResolver(), null);
        kryo.setRegistrationRequired(true);
        // Messages are trees: nothing in them is shared that would be worth remembering every object for.
        kryo.setReferences(false);
        kryo.setMaxDepth(MAX_DEPTH);
        kryo.register(ActorRef.class, new ActorRefSerializer(actors), WireTypes.ACTOR_REF);
        kryo.register(List.class, new ListSerializer(), WireTypes.LIST);
        kryo.register(Map.class, new MapSerializer(), WireTypes.MAP);
        WireTypes.BY_NUMBER.forEach((number, type) -> register(kryo, type, number));
        return kryo;
    }

    private static void register(Kryo kryo, Class<?> type, int number) {
        Serializer<?> form = BatchForms.BY_CLASS.get(type);
        if (form == null) {
            kryo.register(type, number);
        } else {
            kryo.register(type, form, number);
        }
    }

    /** Finds the kind of a value whose run-time class is hidden or varies. */
    private static final class KindResolver extends DefaultClassResolver {
        @Override
        @SuppressWarnings("rawtypes") // as declared by Kryo
        public Registration getRegistration(Class type) {
            Registration known = super.getRegistration(type);
            if (known != null) {
                return known;
            }
            if (ActorRef.class.isAssignableFrom(type)) {
                return super.getRegistration(ActorRef.class);
            }
            if (List.class.isAssignableFrom(type)) {
                return super.getRegistration(List.class);
            }
            return super.getRegistration(Map.class.isAssignableFrom(type) ? Map.class : type);
        }
    }

    /** By its address, with which any process of the farm finds the actor. */
    private static final class ActorRefSerializer extends Serializer<ActorRef<?>> {
        private final ActorRefResolver actors;

        ActorRefSerializer(ActorRefResolver actors) {
            this.actors = actors;
        }

        @Override
        public void write(Kryo kryo, Output output, ActorRef<?> ref) {
            output.writeString(actors.toSerializationFormat(ref));
        }

        @Override
        public ActorRef<?> read(Kryo kryo, Input input, Class<? extends ActorRef<?>> type) {
            String address = input.readString();
            if (address == null) {
                // Akka hashes it by its memory, and that of null ends the process.
                throw new KryoException("An actor came without an address.");
            }
            return actors.resolveActorRef(address);
        }
    }

    /** Every list arrives as an immutable one, so that a record's own copy of it costs nothing. */
    private static final class ListSerializer extends Serializer<List<?>> {
        @Override
        public void write(Kryo kryo, Output output, List<?> list) {
            output.writeVarInt(list.size(), true);
            // Tasks of a batch are of one class: looked up once, and written as Kryo writes each.
            Class<?> known = List.class;
            Registration registration = kryo.getRegistration(known);
            for (Object element : list) {
                if (element.getClass() != known) {
                    known = element.getClass();
                    registration = kryo.getRegistration(known);
                }
                output.writeVarInt(registration.getId() + BatchForms.TYPE_OFFSET, true);
                kryo.writeObject(output, element, registration.getSerializer());
            }
        }

        @Override
        public List<?> read(Kryo kryo, Input input, Class<? extends List<?>> type) {
            Object[] elements = new Object[count(input)];
            for (int i = 0; i < elements.length; i++) {
                elements[i] = kryo.readClassAndObject(input);
            }
            return List.of(elements);
        }
    }

    private static final class MapSerializer extends Serializer<Map<?, ?>> {
        @Override
        public void write(Kryo kryo, Output output, Map<?, ?> map) {
            output.writeVarInt(map.size(), true);
            map.forEach((key, value) -> {
                kryo.writeClassAndObject(output, key);
                kryo.writeClassAndObject(output, value);
            });
        }

        @Override
        public Map<?, ?> read(Kryo kryo, Input input, Class<? extends Map<?, ?>> type) {
            int count = count(input);
            Map<Object, Object> map = new HashMap<>();
            for (int i = 0; i < count; i++) {
                map.put(kryo.readClassAndObject(input), kryo.readClassAndObject(input));
            }
            return Map.copyOf(map);
        }
    }

    private static int count(Input input) {
        return ((BoundedInput) input).checked(input.readVarInt(true), 1);
    }

    private WireKryo() {}
}
